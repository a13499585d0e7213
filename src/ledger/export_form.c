/* Three dialects of the same rows. What stands in the journal is our own words and numbers;
 * still no text goes out that a sheet or a parser could take for something else. Not for:
 * reading the journal. */
#include "ledger/export_form.h"

#include "base/clock.h"
#include "ledger/kind.h"

enum { COLUMN = 52, DAY_MS = 24 * 3600 * 1000 };

/* "-25.00": minor units with so many places. */
static void
put_amount(struct buf *b, int64_t minor, int64_t exponent)
{
    uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor, unit = 1;
    char digits[24];
    size_t n = sizeof(digits);

    for (int64_t i = 0; i < exponent; i++)
        unit *= 10;
    if (minor < 0)
        buf_add_char(b, '-');
    buf_printf(b, "%llu", (unsigned long long)(size / unit));
    if (exponent == 0)
        return;
    for (int64_t i = 0; i < exponent; i++, size /= 10)
        digits[--n] = (char)('0' + size % 10);
    buf_add_char(b, '.');
    buf_add(b, (struct str){.p = digits + n, .n = sizeof(digits) - n});
}

/* Signs that are harmless everywhere; any other becomes '?'. */
static void
put_word(struct buf *b, struct str s)
{
    static const struct str GOOD = STR_INIT("_-.:/@ ");

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        buf_add_char(b, plain || str_has(GOOD, c) ? c : '?');
    }
}

/* A cell of text: quoted where RFC 4180 asks for it, and never a formula. */
static void
put_cell(struct buf *b, struct str s)
{
    bool quote = str_has(s, ',') || str_has(s, '"') || str_has(s, '\n') || str_has(s, '\r');

    if (quote)
        buf_add_char(b, '"');
    if (s.n && (s.p[0] == '=' || s.p[0] == '+' || s.p[0] == '-' || s.p[0] == '@'))
        buf_add_char(b, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_add_char(b, '"');
        buf_add_char(b, s.p[i]);
    }
    if (quote)
        buf_add_char(b, '"');
}

static const struct {
    const char *code, *book, *own; /* beginning of the code; what it becomes */
} ROOTS[] = {
    {"L:wallet_pending:", "liabilities:wallet_pending:", "assets:cozykart:pending"     },
    {"L:wallet:",         "liabilities:wallet:",         "assets:cozykart:available"   },
    {"L:store_credit:",   "liabilities:store_credit:",   "assets:cozykart:store_credit"},
    {"A:clawback:",       "assets:clawback:",            "liabilities:cozykart:owed"   },
    {"A:",                "assets:",                     "assets:cozykart:other:"      },
    {"L:",                "liabilities:",                "assets:cozykart:other:"      },
    {"I:",                "income:",                     "income:"                     },
    {"E:",                "expenses:",                   "expenses:"                   },
    {"Q:",                "equity:",                     "equity:"                     },
};

/* Beancount: every part begins with a capital or a digit and knows no underscore. */
static struct str
bean_name(struct arena *a, struct str name)
{
    char *p = arena_text(a, name.p, name.n);

    for (char *c = p; *c; c++) {
        if (*c == '_')
            *c = '-';
        if (*c >= 'a' && *c <= 'z' && (c == p || c[-1] == ':'))
            *c = (char)(*c - 'a' + 'A');
    }
    return str_of(p);
}

/* "pending" of "assets:cozykart:pending". */
static struct str
own_word(struct str name)
{
    static const struct str HOUSE = STR_INIT("cozykart:");
    size_t at = str_find(name, HOUSE, 0);

    return at == SIZE_MAX ? name : str_sub(name, at + HOUSE.n, name.n);
}

struct str
export_form_name(struct arena *a, enum export_format f, struct str code, bool own)
{
    struct str rest = code, plain, name = code;

    str_split(&rest, '@', &plain); /* the currency stands beside each amount */
    for (size_t i = 0; i < ARRAY_SIZE(ROOTS); i++) {
        struct str root = str_of(ROOTS[i].code), mine = str_of(ROOTS[i].own);

        if (!str_starts(plain, root))
            continue;
        struct str tail = str_sub(plain, root.n, plain.n);

        name = str_of(ROOTS[i].own);
        if (!own || str_ends(mine, STR(":")))
            name = str_of(
                arena_printf(a, "%s%.*s", own ? ROOTS[i].own : ROOTS[i].book, STR_ARG(tail)));
        break;
    }
    if (f == EXPORT_CSV)
        return own ? own_word(name) : plain;
    return f == EXPORT_BEANCOUNT ? bean_name(a, name) : name;
}

static const char *
comment(enum export_format f)
{
    return f == EXPORT_BEANCOUNT ? ";; " : "; ";
}

void
export_form_head(const struct export_form *f, const struct export_opts *o, struct str currency)
{
    char from[CLOCK_TEXT] = "the beginning", to[CLOCK_TEXT] = "the end";
    const char *c = comment(f->format);

    if (f->format == EXPORT_CSV) {
        buf_add_text(f->b,
                     "number,time,order_time,kind,what,source,account,item,currency,amount,"
                     "amount_minor,account_balance,account_balance_minor,hash\r\n");
        return;
    }
    if (o->from)
        clock_rfc3339(o->from, from);
    if (o->to)
        clock_rfc3339(o->to, to);
    buf_printf(f->b, "%sCozy-Kart, %s, from %s to %s, times in UTC\n", c,
               o->member_id ? "one member's accounts" : "all accounts", from, to);
    if (f->format == EXPORT_BEANCOUNT)
        buf_printf(f->b,
                   "option \"title\" \"Cozy-Kart\"\noption \"operating_currency\" \"%.*s\"\n",
                   STR_ARG(currency));
    if (f->format == EXPORT_HLEDGER)
        buf_add_text(f->b, "tag kind\ntag time\ntag hash\ntag item\n");
    buf_add_char(f->b, '\n');
}

void
export_form_currency(const struct export_form *f, struct str currency, int64_t exponent)
{
    if (f->format != EXPORT_HLEDGER)
        return;
    buf_printf(f->b, "commodity %.*s\n  format 1000.", STR_ARG(currency));
    for (int64_t i = 0; i < exponent; i++)
        buf_add_char(f->b, '0');
    buf_printf(f->b, " %.*s\n", STR_ARG(currency));
}

void
export_form_account(const struct export_form *f, const struct export_account *a)
{
    char day[CLOCK_TEXT];

    if (f->format == EXPORT_HLEDGER)
        buf_printf(f->b, "account %.*s\n", STR_ARG(a->name));
    else if (f->format == EXPORT_BEANCOUNT)
        buf_printf(f->b, "%s open %.*s\n", clock_date(a->opened_at, day), STR_ARG(a->name));
}

static void
put_posting(const struct export_form *f, struct str name, int64_t amount, struct str currency,
            int64_t exponent)
{
    buf_add_text(f->b, "  ");
    buf_add(f->b, name);
    for (size_t i = name.n; i < COLUMN; i++)
        buf_add_char(f->b, ' ');
    buf_add_text(f->b, "  ");
    put_amount(f->b, amount * f->sign, exponent);
    buf_add_char(f->b, ' ');
    buf_add(f->b, currency);
}

static struct str
name_of(const struct export_form *f, const struct export_line *l)
{
    if (l->account)
        return l->account->name;
    return f->format == EXPORT_BEANCOUNT ? STR("Equity:Cozykart") : STR("equity:cozykart");
}

void
export_form_opening(const struct export_form *f, int64_t at)
{
    char day[CLOCK_TEXT];

    if (f->format == EXPORT_HLEDGER)
        buf_printf(f->b, "\n%s * (opening) Balances before\n", clock_date(at, day));
    else if (f->format == EXPORT_BEANCOUNT)
        buf_printf(f->b, "\n%s * \"opening\" \"Balances before\"\n", clock_date(at, day));
}

void
export_form_opening_line(const struct export_form *f, const struct export_line *l)
{
    if (f->format == EXPORT_CSV)
        return;
    put_posting(f, name_of(f, l), l->amount, l->currency, l->exponent);
    buf_add_char(f->b, '\n');
}

static void
put_csv(const struct export_form *f, const struct export_entry *e, const struct export_line *l)
{
    char text[CLOCK_TEXT];
    struct buf *b = f->b;

    buf_printf(b, "%lld,%s,", (long long)e->seq, clock_rfc3339(e->at, text));
    buf_printf(b, "%s,", clock_rfc3339(e->effective_at, text));
    put_cell(b, e->kind);
    buf_add_char(b, ',');
    put_cell(b, kind_words(f->a, e->kind));
    buf_add_char(b, ',');
    put_cell(b, e->ref);
    buf_add_char(b, ',');
    put_cell(b, name_of(f, l));
    buf_add_char(b, ',');
    put_cell(b, l->item);
    buf_add_char(b, ',');
    put_cell(b, l->currency);
    buf_add_char(b, ',');
    put_amount(b, l->amount * f->sign, l->exponent);
    buf_printf(b, ",%lld,", (long long)(l->amount * f->sign));
    put_amount(b, l->after * f->sign, l->exponent);
    buf_printf(b, ",%lld,%.*s\r\n", (long long)(l->after * f->sign), STR_ARG(e->sha));
}

static void
put_title(const struct export_form *f, const struct export_entry *e)
{
    char text[CLOCK_TEXT];
    struct buf *b = f->b;
    bool bean = f->format == EXPORT_BEANCOUNT;

    buf_printf(b, "\n%s * ", clock_date(e->at, text));
    buf_printf(b, bean ? "\"" : "(%lld) ", (long long)e->seq);
    put_word(b, kind_words(f->a, e->kind));
    buf_add_text(b, bean ? "\" \"" : " | ");
    put_word(b, e->ref);
    buf_add_text(b, bean ? "\"\n" : "\n");
    if (bean)
        buf_printf(b, "  number: %lld\n", (long long)e->seq);
    buf_add_text(b, bean ? "  kind: \"" : "  ; kind: ");
    put_word(b, e->kind);
    buf_printf(b, bean ? "\"\n  time: \"%s\"\n" : "\n  ; time: %s\n",
               clock_rfc3339(e->at, text));
    buf_printf(b, bean ? "  hash: \"%.*s\"\n" : "  ; hash: %.*s\n", STR_ARG(e->sha));
}

void
export_form_entry(const struct export_form *f, const struct export_entry *e)
{
    bool csv = f->format == EXPORT_CSV;

    if (!csv)
        put_title(f, e);
    for (size_t i = 0; i < e->n; i++) {
        const struct export_line *l = &e->line[i];

        if (csv && l->account) {
            put_csv(f, e, l);
        } else if (!csv && (l->account || l->amount)) {
            put_posting(f, name_of(f, l), l->amount, l->currency, l->exponent);
            if (l->item.n) {
                buf_add_text(f->b, "  ; item: ");
                put_word(f->b, l->item);
            }
            buf_add_char(f->b, '\n');
        }
    }
}

/* Beancount takes a balance as that of a day's beginning. */
static void
put_balance(const struct export_form *f, const struct export_account *a, const char *next)
{
    if (f->format == EXPORT_BEANCOUNT) {
        buf_printf(f->b, "%s balance %.*s  ", next, STR_ARG(a->name));
        put_amount(f->b, a->balance * f->sign, a->exponent);
    } else {
        put_posting(f, a->name, 0, a->currency, a->exponent);
        buf_add_text(f->b, " = ");
        put_amount(f->b, a->balance * f->sign, a->exponent);
    }
    buf_printf(f->b, " %.*s\n", STR_ARG(a->currency));
}

void
export_form_day(const struct export_form *f, int64_t at, const struct export_account *a,
                size_t n)
{
    char day[CLOCK_TEXT], next[CLOCK_TEXT];

    if (f->format == EXPORT_CSV)
        return;
    clock_date(at, day);
    clock_date(at + DAY_MS, next);
    buf_add_char(f->b, '\n');
    if (f->format == EXPORT_HLEDGER)
        buf_printf(f->b, "%s * (balances) At the end of %s\n", day, day);
    for (size_t i = 0; i < n; i++)
        if (a[i].touched)
            put_balance(f, &a[i], next);
}

void
export_form_foot(const struct export_form *f, int64_t entries, int64_t seq)
{
    if (f->format != EXPORT_CSV)
        buf_printf(f->b, "\n%send: %lld entries, the last is %lld\n", comment(f->format),
                   (long long)entries, (long long)seq);
}
