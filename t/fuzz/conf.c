/* Any bytes as the settings file, by way of a file in memory. */
#include "base/conf.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/ctx.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct arena *a;
    static int fd = -1;
    struct conf c = {0};
    struct ctx ctx;
    char file[40];

    if (!a) {
        a = arena_new(8 << 20);
        fd = memfd_create("conf", MFD_CLOEXEC);
    }
    arena_reset(a);
    ctx_init(&ctx, a, world_real());
    BUG_IF(ftruncate(fd, 0) != 0 || pwrite(fd, p, n, 0) != (ssize_t)n);
    snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
    if (conf_load(&ctx, a, file, &c) == OK)
        BUG_IF(c.web.workers < 1 || c.web.workers > 64 || c.path.ledger.p[0] != '/');
    else
        BUG_IF(ctx.fail != E_INVALID || c.file != NULL || !str_is_text(ctx_why(&ctx), ""));
    return 0;
}
