// The shim: reads a program of system calls and runs it. The listing of interpreter-aarch64.bin.
// The layout of the program stands in interpreter-x86_64.S.
        .set PROG_HIGH, 0x1000          // PROG is 0x10000000
        .set SIZE_HIGH, 0x100           // SIZE is 0x1000000
        .globl _start
        .text
        .macro arg n
        tbz     w20, #(8+\n), 1f
        ldr     x\n, [x\n]
1:
        .endm
_start: movz    w0, #PROG_HIGH, lsl #16 // mmap(PROG, SIZE, RW, PRIVATE|FIXED|ANONYMOUS|NORESERVE, -1, 0)
        movz    w1, #SIZE_HIGH, lsl #16
        mov     w2, #3
        mov     w3, #0x4032
        mov     x4, #-1
        mov     x5, #0
        mov     w8, #222
        svc     #0
        movz    w19, #PROG_HIGH, lsl #16
        mov     x21, x19
read:   mov     w0, #4
        mov     x1, x21
        movz    w2, #(PROG_HIGH+SIZE_HIGH), lsl #16
        sub     x2, x2, x21
        mov     w8, #63                 // read
        svc     #0
        tbnz    x0, #63, fail
        cbz     x0, begin
        add     x21, x21, x0
        b       read
begin:  ldr     x19, [x19, #24]
loop:   ldp     w8, w20, [x19]
        ldp     x0, x1, [x19, #8]
        ldp     x2, x3, [x19, #24]
        ldp     x4, x5, [x19, #40]
        arg     0
        arg     1
        arg     2
        arg     3
        arg     4
        arg     5
        tbnz    w8, #31, test
        svc     #0
        ldp     x9, x10, [x19, #56]
        str     x0, [x10]
        tbnz    x0, #63, error
        cbnz    x0, next
        tbz     w20, #0, next
jump:   ldr     x19, [x19, #72]
        b       loop
test:   ldr     x0, [x0]
        and     x0, x0, x1
        cmp     x0, x2
        b.ne    jump
next:   add     x19, x19, #80
        b       loop
error:  neg     x10, x0
        lsr     x9, x9, x10
        tbnz    x9, #0, jump
fail:   movz    w1, #PROG_HIGH, lsl #16
        stp     x19, x0, [x1]
        mov     w0, #3
        mov     w2, #16
        mov     w8, #64                 // write
        svc     #0
        mov     w0, #127
        mov     w8, #94                 // exit_group
        svc     #0
