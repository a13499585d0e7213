/* What somebody would try who got hold of a service: each act, and what it came to. Started in
 * the place of a service by t/93-apart.t. Not for: anything else.
 *
 * acts FOLDER LEDGER PID SOCKET: the house's folder, its ledger, the vault's process, somebody
 * else's socket in the folder. */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *dir, *ledger, *theirs;
static char path[1000];
static pid_t vault;

static void
tell(const char *act, long result)
{
    printf("%s: %s\n", act, result < 0 ? strerrorname_np(errno) : "done");
    fflush(stdout);
}

static const char *
at(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static const char *
beside(const char *tail)
{
    snprintf(path, sizeof path, "%s%s", ledger, tail);
    return path;
}

/* execve gives its own answer; a child would hide it. */
static void
programs(void)
{
    char *const argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"exit 7"}, NULL};
    char *const env[] = {NULL};
    pid_t child = vfork();
    int status = 0;

    if (child == 0) {
        execve("/bin/sh", argv, env);
        _exit(errno == EACCES ? 1 : errno == EPERM ? 2 : 3);
    }
    if (child < 0) {
        tell("start a process", -1);
        return;
    }
    waitpid(child, &status, 0);
    errno = WEXITSTATUS(status) == 2 ? EPERM : EACCES;
    tell("execute a shell", WEXITSTATUS(status) == 7 ? 0 : -1);
}

static void
network(void)
{
    tell("network: IPv4", socket(AF_INET, SOCK_STREAM, 0));
    tell("network: IPv6", socket(AF_INET6, SOCK_STREAM, 0));
    tell("network: netlink", socket(AF_NETLINK, SOCK_RAW, 0));
    tell("network: packets", socket(AF_PACKET, SOCK_RAW, 0));
}

static void
speak(const char *act, int type, const char *name, bool make)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type, 0);

    snprintf(to.sun_path, sizeof to.sun_path, "%s/run/%s", dir, name);
    tell(act, make ? bind(fd, (struct sockaddr *)&to, sizeof to)
                   : connect(fd, (struct sockaddr *)&to, sizeof to));
}

static void
files(void)
{
    tell("write the ledger", open(beside(""), O_RDWR));
    tell("write the WAL", open(beside("-wal"), O_RDWR));
    tell("write the index", open(beside("-shm"), O_RDWR));
    tell("read a secret", open(at("etc/cozykart/secrets.d/stripe.webhook_secret"), O_RDONLY));
    tell("read the vault's credential",
         open(at("r/credentials/cozykart-vault.service/stripe.webhook_secret"), O_RDONLY));
    tell("read the copies", open(at("lib/backup"), O_RDONLY | O_DIRECTORY));
    tell("read /root", open("/root", O_RDONLY | O_DIRECTORY));
    tell("write to /usr", open("/usr/lib/cozykart-act", O_WRONLY | O_CREAT, 0600));
    tell("write to the run folder", open(at("run/act"), O_WRONLY | O_CREAT, 0600));
    tell("change rights", chmod(at("lib/live"), 0777));
    tell("make a link", symlink("/etc/passwd", at("lib/live/act")));
    tell("rename", rename(at(theirs), "/tmp/act"));
    tell("remove a socket", unlink(at(theirs)));
    tell("mount", mount("none", "/tmp", "tmpfs", 0, NULL));
}

static void
others(void)
{
    char byte = 0;
    struct iovec here = {.iov_base = &byte, .iov_len = 1},
                 there = {.iov_base = (void *)&byte, .iov_len = 1};
    char file[60];

    tell("trace the vault", ptrace(PTRACE_ATTACH, vault, NULL, NULL));
    tell("read the vault's memory", process_vm_readv(vault, &here, 1, &there, 1, 0));
    snprintf(file, sizeof file, "/proc/%d/environ", (int)vault);
    tell("read the vault's environment", open(file, O_RDONLY));
    tell("kill the vault", kill(vault, SIGTERM));
    tell("become root", setuid(0));
    tell("new namespace", unshare(CLONE_NEWUSER));
}

static void
memory(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                   -1, 0);

    tell("memory to write and execute", p == MAP_FAILED ? -1 : 0);
    p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    tell("written memory made executable", mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static void
kernel(void)
{
    tell("bpf", syscall(SYS_bpf, 0, NULL, 0));
    tell("io_uring", syscall(SYS_io_uring_setup, 1, NULL));
    tell("perf", syscall(SYS_perf_event_open, NULL, 0, 0, -1, 0));
    tell("keys", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1));
    tell("userfaultfd", syscall(SYS_userfaultfd, 0));
}

int
main(int argc, char **argv)
{
    /* Root could do some of them, and nobody wants that. */
    if (argc != 5 || geteuid() == 0 || getuid() == 0)
        return 2;
    dir = argv[1];
    ledger = argv[2];
    vault = (pid_t)strtol(argv[3], NULL, 10);
    theirs = argv[4];
    printf("acts begin\n");
    programs();
    network();
    files();
    speak("publish", SOCK_STREAM, "pub/live-pub.sock", false);
    speak("give commands", SOCK_SEQPACKET, "vault-ctl.sock", false);
    speak("stand in for the vault", SOCK_SEQPACKET, "vault-jobs.sock.act", true);
    others();
    memory();
    kernel();
    printf("acts end\n");
    return 0;
}
