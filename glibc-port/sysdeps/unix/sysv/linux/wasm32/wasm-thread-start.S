/* A new thread's instance begins here: only assembler can set the stack pointer.  */
	.globaltype	__stack_pointer, i32
	.functype	__wasm_thread_enter (i32) -> ()

	.section	.text.lind_thread_start,"",@
	.globl	lind_thread_start
	.type	lind_thread_start,@function
	.export_name	lind_thread_start, lind_thread_start
lind_thread_start:
	.functype	lind_thread_start (i32) -> ()
	local.get	0
	i32.load	0
	global.set	__stack_pointer
	local.get	0
	call	__wasm_thread_enter
	end_function
