# The shim: reads a program of system calls and runs it. The listing of interpreter-x86_64.bin.
# Descriptors: 3 takes reports, 4 gives the program, which is read to PROG.
# Header of 64 bytes:  0 address of the failed op  8 its negative errno  16 results that nobody wants  24 address of the first op
# Each op has 80 bytes:
#    0 number of the call; negative: test memory
#    4 1: go to the target if the result is 0
#    5 bit n: argument n is the address of its value
#    8 six arguments; of a test: address, mask, value: go to the target if they differ
#   56 errno numbers (modulo 64) with which the op goes to the target; all others end the program
#   64 address that gets the result
#   72 address of the target op
# A failed op is reported as 16 bytes: its address and -errno. Nothing uses a stack.
        .intel_syntax noprefix
        .set PROG, 0x10000000
        .set SIZE, 0x1000000
        .globl _start
        .text
        .macro arg reg, n
        mov     \reg, [rbx+8+8*\n]
        test    byte ptr [rbx+5], 1<<\n
        jz      1f
        mov     \reg, [\reg]
1:
        .endm
_start: mov     edi, PROG               # mmap(PROG, SIZE, RW, PRIVATE|FIXED|ANONYMOUS|NORESERVE, -1, 0)
        mov     esi, SIZE
        mov     edx, 3
        mov     r10d, 0x4032
        or      r8, -1
        xor     r9d, r9d
        mov     eax, 9
        syscall
        mov     ebx, PROG
        mov     esi, PROG
read:   mov     edi, 4
        mov     edx, PROG+SIZE
        sub     edx, esi
        xor     eax, eax
        syscall
        test    rax, rax
        js      fail
        jz      next0
        add     rsi, rax
        jmp     read
next0:  mov     rbx, [rbx+24]
loop:   mov     r12d, [rbx]
        arg     rdi, 0
        arg     rsi, 1
        arg     rdx, 2
        arg     r10, 3
        arg     r8, 4
        arg     r9, 5
        mov     eax, r12d
        test    eax, eax
        js      test
        syscall
        mov     rcx, [rbx+64]
        mov     [rcx], rax
        test    rax, rax
        js      error
        jnz     next
        test    byte ptr [rbx+4], 1
        jz      next
jump:   mov     rbx, [rbx+72]
        jmp     loop
test:   and     rsi, [rdi]
        cmp     rsi, rdx
        jne     jump
next:   add     rbx, 80
        jmp     loop
error:  mov     rcx, rax
        neg     rcx
        mov     rdx, [rbx+56]
        bt      rdx, rcx
        jc      jump
fail:   mov     esi, PROG
        mov     [rsi], rbx
        mov     [rsi+8], rax
        mov     edi, 3
        mov     edx, 16
        mov     eax, 1                  # write
        syscall
        mov     edi, 127
        mov     eax, 231                # exit_group
        syscall
