/* The podium of a card. Not for: who stands on it. */
#include "draw/podium.h"

enum { PODIUM_FEET = 572, PODIUM_STEP = 164 };

/* Middle, left, right. */
static const int64_t LEFT[] = {224, 56, 392}, HEIGHT[] = {200, 158, 126};

static void
put_step(struct buf *b, size_t at, const struct podium_step *s)
{
    int64_t x = LEFT[at], top = PODIUM_FEET - HEIGHT[at], mid = x + PODIUM_STEP / 2 - 3;
    int64_t radius = at == 0 ? 48 : 42;
    struct ink_pen number = {
        .size = at == 0 ? 92 : 64, .fill = ink_metal(s->place), .anchor = INK_MIDDLE};
    struct ink_pen name = {
        .size = 26, .fill = INK_INK, .anchor = INK_MIDDLE, .room = PODIUM_STEP - 6};
    struct ink_pen words = {.size = 23, .fill = INK_MIST, .anchor = INK_MIDDLE};

    buf_printf(b,
               "<path fill=\"url(#step)\" d=\"M%lld %lldh%dv%lldh-%dz\"/><path fill=\"%s\" "
               "d=\"M%lld %lldh%dv8h-%dz\"/>",
               (long long)x, (long long)top, PODIUM_STEP - 6, (long long)HEIGHT[at],
               PODIUM_STEP - 6, ink_metal(s->place), (long long)x, (long long)top,
               PODIUM_STEP - 6, PODIUM_STEP - 6);
    ink_printf(b, mid, top + (at == 0 ? 104 : 76), &number, "%lld", (long long)s->place);
    ink_text(b, mid, PODIUM_FEET - 18, &words, s->words);
    ink_face(b, mid, top - 62 - radius, radius, s->id, s->name);
    ink_text(b, mid, top - 22, &name, s->name);
}

void
podium_draw(struct buf *b, const struct podium *p)
{
    buf_add_text(b,
                 "<defs><linearGradient id=\"step\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop "
                 "offset=\"0\" stop-color=\"" INK_RAIL "\"/><stop offset=\"1\" "
                 "stop-color=\"" INK_ASPHALT "\"/></linearGradient></defs>");
    for (size_t i = 0; i < p->n && i < ARRAY_SIZE(p->step); i++)
        if (p->step[i].place)
            put_step(b, i, &p->step[i]);
}
