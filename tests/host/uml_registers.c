/*
 * Lets Debian 12's user-mode kernel run where processors have more registers than it knows (AMX: 11 KiB of state).
 * It sets the registers of a process by a buffer of a fixed size, and kernels refuse any size but the processor's own.
 * Loaded before it (LD_PRELOAD): the rest, which no process below it can use, is set to its initial state.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Nested at most a few deep, when a signal comes in between; the kernel's own stacks are too small for one. */
enum { room = 16384, buffers = 8, header = 512, protection_keys_and_before = 0x2ff };
static char area[buffers][room] __attribute__((aligned(64)));
static unsigned turn;
static size_t processor_size;

static long set_registers(pid_t pid, const struct iovec *given) {
    char *all = area[__atomic_fetch_add(&turn, 1, __ATOMIC_RELAXED) % buffers];
    struct iovec whole = {all, room};
    if (processor_size == 0) {
        if (syscall(SYS_ptrace, PTRACE_GETREGSET, pid, NT_X86_XSTATE, &whole) != 0) {
            return -1;
        }
        processor_size = whole.iov_len;
    }
    if (processor_size <= given->iov_len) {
        return syscall(SYS_ptrace, PTRACE_SETREGSET, pid, NT_X86_XSTATE, given);
    }
    memcpy(all, given->iov_base, given->iov_len);
    memset(all + given->iov_len, 0, processor_size - given->iov_len);
    uint64_t components;
    memcpy(&components, all + header, sizeof components);
    components &= protection_keys_and_before;
    memcpy(all + header, &components, sizeof components);
    whole.iov_len = processor_size;
    return syscall(SYS_ptrace, PTRACE_SETREGSET, pid, NT_X86_XSTATE, &whole);
}

long ptrace(enum __ptrace_request request, ...) {
    va_list words;
    va_start(words, request);
    const pid_t pid = va_arg(words, pid_t);
    void *address = va_arg(words, void *);
    void *data = va_arg(words, void *);
    va_end(words);
    if (request == PTRACE_SETREGSET && (uintptr_t)address == NT_X86_XSTATE) {
        return set_registers(pid, data);
    }
    if (request != PTRACE_PEEKTEXT && request != PTRACE_PEEKDATA && request != PTRACE_PEEKUSER) {
        return syscall(SYS_ptrace, request, pid, address, data);
    }
    long word = 0; /* the C library's way of giving back what was read */
    if (syscall(SYS_ptrace, request, pid, address, &word) != 0) {
        return -1;
    }
    errno = 0;
    return word;
}
