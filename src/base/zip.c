/* Headers of APPNOTE 6.3 in little-endian order. See zip.h. */
#include "base/zip.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypt.h"

enum {
    INDEX_BYTES = ZIP_FILES_MAX * (46 + ZIP_NAME_MAX),
    MADE_BY_UNIX = 3 << 8 | 20,
    NEEDS = 20,
    UTF8 = 1 << 11
};

static void
put(struct buf *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_add_char(b, (char)(v >> (8 * i) & 0xff));
}

/* Two digits of "2026-05-01T19:02:03Z" at a place. */
static uint64_t
two(const char *text, int at)
{
    return (uint64_t)(text[at] - '0') * 10 + (uint64_t)(text[at + 1] - '0');
}

/* Time and date of MS-DOS, in one word of four bytes. */
static uint64_t
dos_time(int64_t ms)
{
    char t[CLOCK_TEXT];
    uint64_t year;

    clock_rfc3339(ms, t);
    year = two(t, 0) * 100 + two(t, 2);
    return (year < 1980 ? 0 : year - 1980) << 25 | two(t, 5) << 21 | two(t, 8) << 16 |
           two(t, 11) << 11 | two(t, 14) << 5 | two(t, 17) / 2;
}

void
zip_begin(struct zip *z, struct arena *a, int64_t at)
{
    *z = (struct zip){.index = buf_new(a, INDEX_BYTES), .at = at};
}

/* What both headers of a file share. */
static void
put_common(struct buf *b, const struct zip *z, struct str name, struct str body, uint32_t crc)
{
    put(b, NEEDS, 2);
    put(b, UTF8, 2);
    put(b, 0, 2); /* stored */
    put(b, dos_time(z->at), 4);
    put(b, crc, 4);
    put(b, body.n, 4);
    put(b, body.n, 4);
    put(b, name.n, 2);
    put(b, 0, 2);
}

void
zip_add(struct zip *z, struct buf *out, struct str name, struct str body)
{
    uint32_t crc = crypt_crc32(body);
    size_t before = out->n;

    BUG_IF(z->files == ZIP_FILES_MAX || name.n > ZIP_NAME_MAX || body.n > INT32_MAX ||
           z->bytes > INT32_MAX);
    put(&z->index, 0x02014b50, 4);
    put(&z->index, MADE_BY_UNIX, 2);
    put_common(&z->index, z, name, body, crc);
    put(&z->index, 0, 2 + 2 + 2);
    put(&z->index, UINT64_C(0100644) << 16, 4);
    put(&z->index, z->bytes, 4);
    buf_add(&z->index, name);

    put(out, 0x04034b50, 4);
    put_common(out, z, name, body, crc);
    buf_add(out, name);
    buf_add(out, body);
    z->files++;
    z->bytes += out->n - before;
}

void
zip_end(struct zip *z, struct buf *out)
{
    struct str index = buf_str(&z->index);

    buf_add(out, index);
    put(out, 0x06054b50, 4);
    put(out, 0, 4);
    put(out, z->files, 2);
    put(out, z->files, 2);
    put(out, index.n, 4);
    put(out, z->bytes, 4);
    put(out, 0, 2);
}
