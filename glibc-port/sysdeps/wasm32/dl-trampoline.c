/* Empty: this part of the dynamic linker cannot exist without ELF.  */
