/// The name of an e_machine number (gABI, "ELF Header"; linux/elf-em.h), as compilers' targets spell it.
package func machineName(_ number: UInt16) -> String {
    switch number {
    case 3: "i386"
    case 8: "MIPS"
    case 20: "PowerPC"
    case 21: "PowerPC64"
    case 22: "s390x"
    case 40: "ARM"
    case 62: "x86-64"
    case 183: "AArch64"
    case 243: "RISC-V"
    case 247: "BPF"
    case 258: "LoongArch"
    default: "machine \(number)"
    }
}
