/* wanemu: delay and random loss between two network namespaces, in user space.
 *
 * Some kernels (containers, small virtual machines) have no sch_netem. This forwards IP packets between two TUN
 * devices, one in each namespace, with a fixed one-way delay and independent random loss. It never shapes: the
 * bottleneck stays with the kernel (tc tbf), and so does the ground truth.
 *
 * usage: wanemu NETNS_PATH_A DEVICE_A NETNS_PATH_B DEVICE_B DELAY_US LOSS_PPM SEED
 * Prints "ready" once both devices exist; ends on SIGTERM.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define PACKETS 65536u /* room in each direction; a power of two */
#define PACKET_BYTES 2048u
#define BATCH 64

struct direction {
    int in, out;
    uint8_t *data;
    uint16_t length[PACKETS];
    uint64_t due_ns[PACKETS];
    uint32_t head, tail; /* tail..head wait; indices run freely and are masked */
};

static volatile sig_atomic_t stopping;
static uint64_t random_state;

static void stop(int signal_number) {
    (void)signal_number;
    stopping = 1;
}

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

static uint32_t random_below(uint32_t limit) { /* xorshift64 */
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state % limit);
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static int open_tun(const char *namespace_path, const char *device) {
    int namespace = open(namespace_path, O_RDONLY | O_CLOEXEC);
    if (namespace < 0 || setns(namespace, CLONE_NEWNET) < 0) die(namespace_path);
    close(namespace);
    int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (tun < 0) die("/dev/net/tun");
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    strncpy(request.ifr_name, device, IFNAMSIZ - 1);
    if (ioctl(tun, TUNSETIFF, &request) < 0) die("TUNSETIFF");
    int unlimited = 0x7fffffff;
    ioctl(tun, TUNSETSNDBUF, &unlimited);
    return tun;
}

static void open_direction(struct direction *way, int in, int out) {
    way->in = in;
    way->out = out;
    way->data = mmap(NULL, (size_t)PACKETS * PACKET_BYTES, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (way->data == MAP_FAILED) die("mmap");
}

static int take_in(struct direction *way, uint64_t delay_ns, uint32_t loss_ppm) {
    int worked = 0;
    for (int i = 0; i < BATCH && way->head - way->tail < PACKETS - 1; i++) {
        uint32_t slot = way->head & (PACKETS - 1);
        ssize_t length = read(way->in, way->data + (size_t)slot * PACKET_BYTES, PACKET_BYTES);
        if (length <= 0) break;
        worked = 1;
        if (loss_ppm && random_below(1000000u) < loss_ppm) continue;
        way->length[slot] = (uint16_t)length;
        way->due_ns[slot] = now_ns() + delay_ns;
        way->head++;
    }
    return worked;
}

static int put_out(struct direction *way) {
    int worked = 0;
    uint64_t now = now_ns();
    for (int i = 0; i < BATCH && way->tail != way->head; i++) {
        uint32_t slot = way->tail & (PACKETS - 1);
        if (way->due_ns[slot] > now) break;
        if (write(way->out, way->data + (size_t)slot * PACKET_BYTES, way->length[slot]) < 0) { /* dropped */
        }
        way->tail++;
        worked = 1;
    }
    return worked;
}

static void wait_for_work(struct direction *ways) {
    struct pollfd ready[2] = {{ways[0].in, POLLIN, 0}, {ways[1].in, POLLIN, 0}};
    uint64_t next = UINT64_MAX, now = now_ns();
    for (int i = 0; i < 2; i++) {
        if (ways[i].tail == ways[i].head) continue;
        uint64_t due = ways[i].due_ns[ways[i].tail & (PACKETS - 1)];
        if (due < next) next = due;
    }
    uint64_t left = next > now ? next - now : 0;
    struct timespec timeout = {(time_t)(left / 1000000000ull), (long)(left % 1000000000ull)};
    ppoll(ready, 2, next == UINT64_MAX ? NULL : &timeout, NULL);
}

int main(int count, char **arguments) {
    if (count != 8) {
        fprintf(stderr, "usage: wanemu NETNS_A DEVICE_A NETNS_B DEVICE_B DELAY_US LOSS_PPM SEED\n");
        return 2;
    }
    uint64_t delay_ns = strtoull(arguments[5], NULL, 10) * 1000ull;
    uint32_t loss_ppm = (uint32_t)strtoul(arguments[6], NULL, 10);
    random_state = strtoull(arguments[7], NULL, 10) * 2654435761ull + 88172645463325252ull;
    static struct direction ways[2];
    int a = open_tun(arguments[1], arguments[2]), b = open_tun(arguments[3], arguments[4]);
    open_direction(&ways[0], a, b);
    open_direction(&ways[1], b, a);
    prctl(PR_SET_TIMERSLACK, 1);
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    puts("ready");
    fflush(stdout);
    while (!stopping) {
        int worked = 0;
        for (int i = 0; i < 2; i++) {
            worked |= take_in(&ways[i], delay_ns, loss_ppm);
            worked |= put_out(&ways[i]);
        }
        if (!worked) wait_for_work(ways);
    }
    return 0;
}
