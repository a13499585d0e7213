/* The two parts of a path, where it is short or odd as well. */
#include "base/path.h"

#include "base/str.h"
#include "lib/tap.h"

static const struct {
    const char *path, *folder, *base;
} row[] = {
    {"/var/lib/ledger.db", "/var/lib", "ledger.db"},
    {"/ledger.db",         "/",        "ledger.db"},
    {"ledger.db",          ".",        "ledger.db"},
    {"data/ledger.db",     "data",     "ledger.db"},
    {"/var/lib/",          "/var/lib", ""         },
};

int
main(void)
{
    struct arena *a CLEANUP(arena_freep) = arena_new(64 * 1024);

    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        is_str(str_of(path_folder(a, row[i].path)), str_of(row[i].folder), row[i].path);
        is_str(str_of(path_base(row[i].path)), str_of(row[i].base), row[i].path);
    }
    return done();
}
