/* Where the runtime makes a thread on which this program answers calls of others: in a piece of memory that
   nobody uses. Only assembler can set the stack pointer.  */
	.globaltype	__stack_pointer, i32
	.functype	__wasm_grate_thread_enter (i32, i32, i32) -> (i32)

	.section	.text.lind_grate_thread,"",@
	.globl	lind_grate_thread
	.type	lind_grate_thread,@function
	.export_name	lind_grate_thread, lind_grate_thread
lind_grate_thread:
	.functype	lind_grate_thread (i32, i32, i32) -> ()
	local.get	0
	local.get	1
	i32.add
	global.set	__stack_pointer
	local.get	0
	local.get	1
	local.get	2
	call	__wasm_grate_thread_enter
	global.set	__stack_pointer
	end_function
