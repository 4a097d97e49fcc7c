/*
 * Remembers what a power cut would leave: LD_PRELOAD this, and each file under SHADOW_OF is copied into SHADOW_TO
 * whenever it was synchronised. What was written since then is not in the copy.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void remember(int fd)
{
    const char *of = getenv("SHADOW_OF"), *to = getenv("SHADOW_TO");
    char link[64], path[PATH_MAX], copy[PATH_MAX + 16], part[PATH_MAX + 32], buffer[65536];
    ssize_t length;
    off_t at = 0;
    int in, out;

    if (!of || !to)
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return;
    path[length] = 0;
    if (strncmp(path, of, strlen(of)) != 0)
        return;
    snprintf(copy, sizeof copy, "%s/%s", to, strrchr(path, '/') + 1);
    snprintf(part, sizeof part, "%s.part", copy);
    in = open(path, O_RDONLY);
    out = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (in >= 0 && out >= 0) {
        while ((length = pread(in, buffer, sizeof buffer, at)) > 0) {
            if (write(out, buffer, length) != length)
                abort();
            at += length;
        }
        rename(part, copy); /* whole or not at all: the process may be killed in here */
    }
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
}

#define SYNCHRONISE(name)                                                     \
    int name(int fd)                                                          \
    {                                                                         \
        int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, #name);             \
        int result = real(fd);                                                \
        if (result == 0)                                                      \
            remember(fd);                                                     \
        return result;                                                        \
    }

SYNCHRONISE(fsync)
SYNCHRONISE(fdatasync)
