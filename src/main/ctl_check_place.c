/* cozykart check: users, owners and modes of all that the package lays out, room on the disk.
 * Not for: mending them; each line says the command that does. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/room.h"
#include "main/ctl_check.h"

enum { ROOM_MIN_MB = 64 };

/* A house where each process has a user of its own, as the package makes it. */
static bool
is_packaged(struct ctl *c)
{
    return c->conf->web.user.n > 0 || c->conf->jobs.user.n > 0;
}

static const char *
user_name(struct ctl *c, uid_t uid)
{
    const struct passwd *p = getpwuid(uid);

    return p ? arena_text(c->ctx->arena, p->pw_name, strlen(p->pw_name))
             : arena_printf(c->ctx->arena, "%lu", (unsigned long)uid);
}

static const char *
group_name(struct ctl *c, gid_t gid)
{
    const struct group *g = getgrgid(gid);

    return g ? arena_text(c->ctx->arena, g->gr_name, strlen(g->gr_name))
             : arena_printf(c->ctx->arena, "%lu", (unsigned long)gid);
}

static void
check_user(struct ctl *c, const char *key, struct str name)
{
    const char *text = str_text(c->ctx->arena, name);

    if (name.n)
        ctl_judge(c, key, getpwnam(text) != NULL,
                  arena_printf(c->ctx->arena,
                               "there is no user %s: systemd-sysusers makes the users of the "
                               "package",
                               text));
}

/* One path: there, of that owner, of that mode; owner or group NULL: whoever. Of a file and of
 * a house in a folder of its own the mode is the most that it may be. */
static void
check_path(struct ctl *c, const char *path, const char *owner, const char *group, mode_t mode,
           bool folder)
{
    struct arena *a = c->ctx->arena;
    struct stat st;
    mode_t is;

    if (stat(path, &st) != 0) {
        if (errno == EACCES && geteuid() != 0)
            check_pass(c, path, "this user may not look at it: run cozykart check as root");
        else
            ctl_judge(c, path, false,
                      errno == ENOENT
                          ? folder ? "there is no such folder: systemd-tmpfiles --create, or "
                                     "cozykart setup, makes it"
                                   : "there is no such file: cozykart setup makes it"
                          : strerror(errno));
        return;
    }
    is = st.st_mode & 07777;
    if (folder && !S_ISDIR(st.st_mode))
        ctl_judge(c, path, false, "it is no folder: move it away, then run cozykart setup");
    else if (owner && strcmp(user_name(c, st.st_uid), owner) != 0)
        ctl_judge(c, path, false,
                  arena_printf(a, "it belongs to %s:%s: chown %s%s%s %s",
                               user_name(c, st.st_uid), group_name(c, st.st_gid), owner,
                               group ? ":" : "", group ? group : "", path));
    else if (group && strcmp(group_name(c, st.st_gid), group) != 0)
        ctl_judge(c, path, false,
                  arena_printf(a, "its group is %s: chgrp %s %s", group_name(c, st.st_gid),
                               group, path));
    else
        ctl_judge(c, path, (is & ~mode) == 0 && (!folder || !owner || (mode & ~is & 0777) == 0),
                  arena_printf(a, "its mode is %04o: chmod %04o %s", (unsigned)is,
                               (unsigned)mode, path));
}

/* The ledger's files belong to whom its folder belongs to: the vault writes all of them. */
static void
check_ledger_files(struct ctl *c, const char *folder, const char *ledger)
{
    static const char *const tail[] = {"", "-wal", "-shm", ".lock"};
    struct stat st;
    const char *owner;

    if (stat(folder, &st) != 0)
        return;
    owner = user_name(c, st.st_uid);
    for (size_t i = 0; i < ARRAY_SIZE(tail); i++) {
        const char *path = arena_printf(c->ctx->arena, "%s%s", ledger, tail[i]);

        if (access(path, F_OK) == 0)
            check_path(c, path, owner, NULL, 0660, false);
    }
}

static const char *
text(struct ctl *c, struct str s)
{
    return str_text(c->ctx->arena, s);
}

static void
check_layout(struct ctl *c)
{
    const struct conf *f = c->conf;
    const char *ledger = text(c, f->path.ledger), *folder = path_folder(c->ctx->arena, ledger);
    const char *run = text(c, f->path.run),
               *jobs = f->jobs.user.n ? text(c, f->jobs.user) : NULL;
    bool own = is_packaged(c);
    const char *group = getgrnam("cozykart") ? "cozykart" : NULL;
    const char *vault = getpwnam("cozykart-vault") ? "cozykart-vault" : NULL;
    const char *live = getpwnam("cozykart-live") ? "cozykart-live" : NULL;
    const char *secrets =
        arena_printf(c->ctx->arena, "%s/secrets.d", path_folder(c->ctx->arena, f->file));

    check_path(c, f->file, own ? "root" : NULL, NULL, own ? 0644 : 0755, false);
    if (access(secrets, F_OK) == 0)
        check_path(c, secrets, own ? "root" : NULL, NULL, 0700, true);
    check_path(c, folder, own ? vault : NULL, own ? group : NULL, own ? 0750 : 02775, true);
    check_ledger_files(c, folder, ledger);
    check_path(c, text(c, f->path.live), own ? jobs : NULL, NULL, own ? 0755 : 02775, true);
    check_path(c, text(c, f->path.media), own ? jobs : NULL, NULL, own ? 0755 : 02775, true);
    if (own || access(text(c, f->backup.dir), F_OK) == 0)
        check_path(c, text(c, f->backup.dir),
                   own && f->backup.user.n ? text(c, f->backup.user) : NULL, NULL,
                   own ? 0700 : 02775, true);
    check_path(c, run, own ? "root" : NULL, own ? group : NULL, own ? 01771 : 03775, true);
    if (own)
        check_path(c, arena_printf(c->ctx->arena, "%s/pub", run), live, group, 02750, true);
}

/* Nearly nothing left, or nothing can be written at all. */
static void
check_room(struct ctl *c, const char *what, const char *folder, int64_t least_mb)
{
    struct room room;

    if (!room_look(folder, &room))
        return;
    if (room.read_only)
        ctl_judge(c, what, false,
                  arena_printf(c->ctx->arena,
                               "the file system of %s is read-only: dmesg says why; mount -o "
                               "remount,rw when the disk is sound",
                               folder));
    else if (room.bytes < ROOM_MB)
        ctl_judge(c, what, false,
                  arena_printf(c->ctx->arena,
                               "the disk of %s is full: make room (journalctl --vacuum-size="
                               "200M, apt clean), or give it a larger one",
                               folder));
    else if (room.no_files)
        ctl_judge(c, what, false,
                  arena_printf(c->ctx->arena, "the disk of %s can hold no more files", folder));
    else
        ctl_judge(c, what, room.bytes / ROOM_MB >= least_mb,
                  arena_printf(c->ctx->arena,
                               "%lld MB are free at %s, under %lld MB: make room "
                               "(journalctl --vacuum-size=200M, apt clean)",
                               (long long)(room.bytes / ROOM_MB), folder, (long long)least_mb));
}

void
check_places(struct ctl *c)
{
    const struct conf *f = c->conf;

    ctl_say(c, "\nFiles and users");
    check_user(c, "web.user", f->web.user);
    check_user(c, "jobs.user", f->jobs.user);
    check_user(c, "backup.user", f->backup.user);
    check_layout(c);
    check_room(c, "room beside the ledger", path_folder(c->ctx->arena, text(c, f->path.ledger)),
               f->alert.disk_mb);
    check_room(c, "room for sockets", text(c, f->path.run), 1);
    if (access(text(c, f->backup.dir), F_OK) == 0)
        check_room(c, "room for copies", text(c, f->backup.dir), ROOM_MIN_MB);
}
