/* Messages stay within Discord's limits, and names cannot change how the rest looks. */
#include "bot/message.h"

#include "base/json.h"
#include "lib/fix.h"
#include "lib/place.h"
#include "lib/tap.h"

static const struct json *
parsed(const struct message *m, int64_t flags, const char *nonce)
{
    const struct json *j = NULL;
    struct str text = message_json(&fix, m, flags, str_of(nonce));

    is_int(json_parse(&fix, text, &j), OK, "it is JSON");
    return j;
}

static struct str
many(const char *one, int n)
{
    struct buf b = buf_new(fix.arena, 64 * 1024);

    for (int i = 0; i < n; i++)
        buf_add_text(&b, one);
    return buf_str(&b);
}

static void
plain(void)
{
    struct message *m = message_new(&fix);

    message_content(m, "Seat %d is yours", 4);
    const struct json *j = parsed(m, 64, "");
    is_str(json_str(json_get(j, "content")), STR("Seat 4 is yours"), "the text");
    is_int((int64_t)json_count(json_at(j, "allowed_mentions.parse")), 0, "nobody is pinged");
    ok(json_get(j, "allowed_mentions") && !json_at(j, "allowed_mentions.users"),
       "nobody at all");
    int64_t flags = 0;
    ok(json_i64(json_get(j, "flags"), &flags) && flags == 64, "private");
    ok(!json_get(j, "nonce"), "an answer has no nonce");
    message_ping(m, STR("4711"));
    j = parsed(m, 0, "abc");
    is_str(json_str(json_item(json_at(j, "allowed_mentions.users"), 0)), STR("4711"),
           "one may be pinged");
    ok(json_bool(json_get(j, "enforce_nonce"), false), "a nonce is enforced");
}

static void
limits(void)
{
    struct message *m = message_new(&fix);
    struct str big = many("\xC3\xA9", 5000);
    size_t total = 0;

    message_content(m, "%.*s", STR_ARG(big));
    for (int i = 0; i < 12; i++) {
        message_embed(m, MESSAGE_RACE, "%.*s", STR_ARG(big));
        message_line(m, "%.*s", STR_ARG(big));
        message_footer(m, "%.*s", STR_ARG(big));
        for (int k = 0; k < 30; k++)
            message_field(m, "name", true, "%.*s", STR_ARG(big));
    }
    for (int i = 0; i < 40; i++)
        message_button(m, MESSAGE_PLAIN, str_text(fix.arena, big), "join:%d", i);
    const struct json *j = parsed(m, 0, ""), *embeds = json_get(j, "embeds");
    is_int((int64_t)str_length(json_str(json_get(j, "content"))), 2000, "2000 signs of text");
    is_int((int64_t)json_count(embeds), 10, "ten embeds");
    for (size_t i = 0; i < json_count(embeds); i++) {
        const struct json *e = json_item(embeds, i), *f = json_get(e, "fields");

        total += str_length(json_str(json_get(e, "title"))) +
                 str_length(json_str(json_get(e, "description"))) +
                 str_length(json_str(json_at(e, "footer.text")));
        for (size_t k = 0; k < json_count(f); k++)
            total += str_length(json_str(json_get(json_item(f, k), "name"))) +
                     str_length(json_str(json_get(json_item(f, k), "value")));
    }
    ok(total <= 6000 && total > 5000, "6000 signs in all embeds: %zu", total);
    const struct json *rows = json_get(j, "components");
    is_int((int64_t)json_count(rows), 5, "five rows");
    is_int((int64_t)json_count(json_get(json_item(rows, 4), "components")), 5,
           "of five buttons");
    is_int((int64_t)str_length(json_str(
               json_get(json_item(json_get(json_item(rows, 0), "components"), 0), "label"))),
           80, "a label of 80 signs");
}

static void
names(void)
{
    static const struct {
        const char *in, *out;
    } row[] = {
        {"Nova",                  "Nova"                   },
        {"*bold*",                "\\*bold\\*"             },
        {"@everyone",             "\\@everyone"            },
        {"<@123>",                "\\<\\@123\\>"           },
        {"[x](http://a)",         "\\[x\\]\\(http\\://a\\)"},
        {"`code`",                "\\`code\\`"             },
        {"||spoiler||",           "\\|\\|spoiler\\|\\|"    },
        {"\xE2\x80\xAE"
         "evil",         "evil"                   },
        {"Kart \xF0\x9F\x8F\x81", "Kart \xF0\x9F\x8F\x81"  },
        {"\xE2\x80\x8B",          "somebody"               },
        {"a\nb",                  "a b"                    },
    };

    for (size_t i = 0; i < ARRAY_SIZE(row); i++)
        is_str(message_name(&fix, str_of(row[i].in)), str_of(row[i].out), "a harmless name");
    struct str marks = many("\xCC\x81", 100);
    struct str zalgo = str_of(arena_printf(fix.arena, "Z%.*s", STR_ARG(marks)));
    is_str(message_name(&fix, zalgo), STR("Z\xCC\x81\xCC\x81"), "two marks on a letter");
    is_int((int64_t)str_length(message_text(&fix, many("x", 900), 500)), 500, "longer texts");
}

/* Footers, labels and words for pictures are shown as they are: no escapes there. */
static void
unread(void)
{
    struct message *m = message_new(&fix);
    struct str name = message_name(&fix, STR("*Zo\\e*"));

    message_embed(m, MESSAGE_GOOD, "%.*s", STR_ARG(name));
    message_footer(m, "of %.*s", STR_ARG(name));
    message_picture(m, "race", STR("3"), "%.*s won", STR_ARG(name));
    message_select(m, "Who", "who:1");
    message_choice(m, str_text(fix.arena, name), "1");
    const struct json *j = parsed(m, 0, "");
    const struct json *e = json_item(json_get(j, "embeds"), 0);
    is_str(json_str(json_get(e, "title")), STR("\\*Zo\\\\e\\*"), "titles are escaped");
    is_str(json_str(json_at(e, "footer.text")), STR("of *Zo\\e*"), "a footer is not");
    is_str(json_str(json_get(json_item(json_get(j, "attachments"), 0), "description")),
           STR("*Zo\\e* won"), "nor the words of a picture");
    const struct json *row = json_item(json_get(j, "components"), 0);
    const struct json *choice =
        json_item(json_get(json_item(json_get(row, "components"), 0), "options"), 0);
    is_str(json_str(json_get(choice, "label")), STR("*Zo\\e*"), "nor a label");
    m = message_problem(&fix, STR("say it: *now*"));
    e = json_item(json_get(parsed(m, 0, ""), "embeds"), 0);
    is_str(json_str(json_get(e, "description")), STR("Say it\\: \\*now\\*."), "a refusal");
}

static void
parts(void)
{
    struct message *m = message_new(&fix);
    const struct message_picture *p;

    message_embed(m, MESSAGE_GOOD, "Race %d", 3);
    message_picture(m, "race", STR("3"), "Result of race %d", 3);
    message_link(m, "Page", "/race/%d", 3);
    message_select(m, "Your place", "place:%d", 3);
    message_choice(m, "1st", "1");
    message_choice(m, "DNF", "0");
    const struct json *j = parsed(m, 0, "");
    is_str(json_str(json_at(json_item(json_get(j, "embeds"), 0), "image.url")),
           STR("attachment://race-3.png"), "the picture is attached");
    is_str(json_str(json_get(json_item(json_get(j, "attachments"), 0), "id")), STR("0"),
           "an attachment's id is text, as all ids");
    is_str(json_str(json_get(json_item(json_get(j, "attachments"), 0), "description")),
           STR("Result of race 3"), "with words");
    is_int((int64_t)message_pictures(m, &p), 1, "to be drawn");
    is_str(p->file, STR("race-3.png"), "under that name");
    const struct json *rows = json_get(j, "components");
    is_int((int64_t)json_count(
               json_get(json_item(json_get(json_item(rows, 0), "components"), 0), "options")),
           2, "a select of two");
    const struct json *link = json_item(json_get(json_item(rows, 1), "components"), 0);
    is_str(json_str(json_get(link, "url")), STR("http://127.0.0.1:8080/race/3"), "a link");
    ok(!json_get(link, "custom_id"), "has no id");
    is_str(message_money(&fix, 123450), STR("$1,234.50"), "money");
    is_str(message_time(&fix, 1730000000999, 't'), STR("<t:1730000000:t>"), "time");
}

int
main(void)
{
    static struct conf conf;

    place_make();
    fix_open(place("message.db"));
    conf.site.url = STR("http://127.0.0.1:8080");
    conf.money.currency = STR("USD");
    fix.conf = &conf;
    plain();
    limits();
    names();
    unread();
    parts();
    fix_close();
    return place_done();
}
