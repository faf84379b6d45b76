/* Defines the exception tag of longjmp, which clang only imports.  */
	.tagtype __c_longjmp i32
	.globl __c_longjmp
__c_longjmp:
