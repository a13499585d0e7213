/* Weights of places and stints. See place.h. */
#include "race/place.h"

#include "ledger/split.h"
#include "race/rule.h"

static void
place_add(struct place_list *l, const struct race_seat *s, int64_t weight)
{
    l->one[l->n++] = (struct place){
        .no = s->place, .seat = s->no, .member_id = s->member_id, .weight = weight};
}

void
place_weigh(const struct race *r, struct place_list *ret)
{
    bool weighted = rule_waits(&r->rule);

    ret->n = 0;
    for (int64_t no = 1; no <= RACE_SEATS_MAX; no++)
        for (size_t i = 0; i < r->n_seats; i++)
            if (r->seat[i].place == no)
                place_add(ret, &r->seat[i], weighted ? r->rule.weights[ret->n] : ret->n == 0);
    if (ret->n)
        return;
    for (size_t i = 0; i < r->n_seats; i++)
        place_add(ret, &r->seat[i], 1);
}

enum err
place_cut(struct ctx *ctx, int64_t waiting, struct place_list *l)
{
    int64_t weight[RACE_SEATS_MAX], paid[RACE_SEATS_MAX];

    if (!l->n)
        return waiting ? ctx_fail(ctx, E_INTERNAL, "money waits and nobody drove") : OK;
    for (size_t i = 0; i < l->n; i++)
        weight[i] = l->one[i].weight;
    enum err e = split_largest(waiting, weight, l->n, paid);
    if (e)
        return ctx_fail(ctx, e, "the waiting money cannot be cut");
    for (size_t i = 0; i < l->n; i++)
        l->one[i].paid = paid[i];
    return OK;
}

/* "name=number" in one line of words. */
static bool
word(struct str line, struct str name, int64_t *ret)
{
    struct str one;

    while (str_split(&line, ' ', &one))
        if (str_starts(one, name) && one.n > name.n && one.p[name.n] == '=')
            return str_i64(str_sub(one, name.n + 1, one.n), -MINOR_MAX, MINOR_MAX, ret);
    return false;
}

bool
place_read(struct str meta, struct place_list *ret)
{
    struct str line;

    ret->n = 0;
    while (str_split(&meta, '\n', &line)) {
        if (!str_starts(line, STR("place ")))
            continue;
        if (ret->n == RACE_SEATS_MAX)
            return false;
        struct place *p = &ret->one[ret->n++];
        if (!word(line, STR("no"), &p->no) || !word(line, STR("seat"), &p->seat) ||
            !word(line, STR("member"), &p->member_id) ||
            !word(line, STR("weight"), &p->weight) || !word(line, STR("paid"), &p->paid))
            return false;
    }
    return true;
}

bool
place_back(struct str line, int64_t *ret_race, int64_t *ret_member, int64_t *ret_back)
{
    struct str head = STR("part of=place:"), rest, id;

    if (!str_starts(line, head))
        return false;
    rest = str_sub(line, head.n, line.n);
    if (!word(line, STR("race"), ret_race))
        *ret_race = 0;
    return word(line, STR("back"), ret_back) && str_split(&rest, ' ', &id) &&
           str_i64(id, 1, INT64_MAX, ret_member);
}

bool
place_stint(struct str line, int64_t *ret_seat, int64_t *ret_member, int64_t *ret_paid)
{
    return str_starts(line, STR("stint ")) && word(line, STR("seat"), ret_seat) &&
           word(line, STR("member"), ret_member) && word(line, STR("paid"), ret_paid);
}

bool
place_by(struct str line, struct place_by *ret)
{
    return str_starts(line, STR("by ")) && word(line, STR("race"), &ret->race_id) &&
           word(line, STR("seat"), &ret->seat) && word(line, STR("member"), &ret->member_id) &&
           word(line, STR("back"), &ret->back);
}

void
place_rounds(const struct race_seat *s, int64_t rounds, int64_t ret[4])
{
    int64_t sum = 0;

    for (int64_t i = 0; i < 4; i++) {
        ret[i] = 0;
        if (i >= s->n_stints)
            continue;
        int64_t end = i + 1 < s->n_stints ? s->stint[i + 1].from_round : rounds + 1;
        ret[i] = end > s->stint[i].from_round ? end - s->stint[i].from_round : 0;
        sum += ret[i];
    }
    if (!sum)
        ret[0] = 1;
}
