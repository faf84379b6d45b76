// Translation of host values to preview 1 values.

#include <dirent.h>

#include "microvisor/result.h"
#include "microvisor/wasi/types.h"

namespace linden::microvisor::wasi {

Errno to_errno(int code) {
  switch (code) {
    case 0:
      return Errno::Success;
    case kErrnoNotCapable:
      return Errno::NotCapable;
    case E2BIG:
      return Errno::TooBig;
    case EACCES:
      return Errno::Access;
    case EADDRINUSE:
      return Errno::AddressInUse;
    case EADDRNOTAVAIL:
      return Errno::AddressNotAvailable;
    case EAFNOSUPPORT:
      return Errno::AddressFamilyNotSupported;
    case EAGAIN:
      return Errno::Again;
    case EALREADY:
      return Errno::Already;
    case EBADF:
      return Errno::BadFd;
    case EBADMSG:
      return Errno::BadMessage;
    case EBUSY:
      return Errno::Busy;
    case ECANCELED:
      return Errno::Canceled;
    case ECHILD:
      return Errno::Child;
    case ECONNABORTED:
      return Errno::ConnectionAborted;
    case ECONNREFUSED:
      return Errno::ConnectionRefused;
    case ECONNRESET:
      return Errno::ConnectionReset;
    case EDEADLK:
      return Errno::Deadlock;
    case EDESTADDRREQ:
      return Errno::DestinationAddressRequired;
    case EDOM:
      return Errno::Domain;
    case EDQUOT:
      return Errno::Quota;
    case EEXIST:
      return Errno::Exist;
    case EFAULT:
      return Errno::Fault;
    case EFBIG:
      return Errno::FileTooBig;
    case EHOSTUNREACH:
      return Errno::HostUnreachable;
    case EIDRM:
      return Errno::IdentifierRemoved;
    case EILSEQ:
      return Errno::IllegalSequence;
    case EINPROGRESS:
      return Errno::InProgress;
    case EINTR:
      return Errno::Interrupted;
    case EINVAL:
      return Errno::Invalid;
    case EIO:
      return Errno::Io;
    case EISCONN:
      return Errno::IsConnected;
    case EISDIR:
      return Errno::IsDirectory;
    case ELOOP:
      return Errno::Loop;
    case EMFILE:
      return Errno::TooManyFiles;
    case EMLINK:
      return Errno::TooManyLinks;
    case EMSGSIZE:
      return Errno::MessageSize;
    case EMULTIHOP:
      return Errno::MultiHop;
    case ENAMETOOLONG:
      return Errno::NameTooLong;
    case ENETDOWN:
      return Errno::NetworkDown;
    case ENETRESET:
      return Errno::NetworkReset;
    case ENETUNREACH:
      return Errno::NetworkUnreachable;
    case ENFILE:
      return Errno::TooManyFilesInSystem;
    case ENOBUFS:
      return Errno::NoBuffers;
    case ENODEV:
      return Errno::NoDevice;
    case ENOENT:
      return Errno::NoEntry;
    case ENOEXEC:
      return Errno::NoExec;
    case ENOLCK:
      return Errno::NoLocks;
    case ENOLINK:
      return Errno::NoLink;
    case ENOMEM:
      return Errno::NoMemory;
    case ENOMSG:
      return Errno::NoMessage;
    case ENOPROTOOPT:
      return Errno::NoProtocolOption;
    case ENOSPC:
      return Errno::NoSpace;
    case ENOSYS:
      return Errno::NoSystemCall;
    case ENOTCONN:
      return Errno::NotConnected;
    case ENOTDIR:
      return Errno::NotDirectory;
    case ENOTEMPTY:
      return Errno::NotEmpty;
    case ENOTRECOVERABLE:
      return Errno::NotRecoverable;
    case ENOTSOCK:
      return Errno::NotSocket;
    case EOPNOTSUPP:
      return Errno::NotSupported;
    case ENOTTY:
      return Errno::NotTerminal;
    case ENXIO:
      return Errno::NoDeviceOrAddress;
    case EOVERFLOW:
      return Errno::Overflow;
    case EOWNERDEAD:
      return Errno::OwnerDead;
    case EPERM:
      return Errno::NotPermitted;
    case EPIPE:
      return Errno::Pipe;
    case EPROTO:
      return Errno::Protocol;
    case EPROTONOSUPPORT:
      return Errno::ProtocolNotSupported;
    case EPROTOTYPE:
      return Errno::PrototypeWrong;
    case ERANGE:
      return Errno::Range;
    case EROFS:
      return Errno::ReadOnly;
    case ESPIPE:
      return Errno::IllegalSeek;
    case ESRCH:
      return Errno::NoProcess;
    case ESTALE:
      return Errno::Stale;
    case ETIMEDOUT:
      return Errno::TimedOut;
    case ETXTBSY:
      return Errno::TextBusy;
    case EXDEV:
      return Errno::CrossDevice;
    // Preview 1 has no code for it; the cause is always in the host's files or devices.
    default:
      return Errno::Io;
  }
}

FileType to_file_type(const struct stat& status) {
  switch (status.st_mode & S_IFMT) {
    case S_IFBLK:
      return FileType::BlockDevice;
    case S_IFCHR:
      return FileType::CharacterDevice;
    case S_IFDIR:
      return FileType::Directory;
    case S_IFREG:
      return FileType::RegularFile;
    case S_IFSOCK:
      return FileType::SocketStream;
    case S_IFLNK:
      return FileType::SymbolicLink;
    default:
      return FileType::Unknown;
  }
}

FileType to_file_type(uint8_t directory_entry_type) {
  switch (directory_entry_type) {
    case DT_BLK:
      return FileType::BlockDevice;
    case DT_CHR:
      return FileType::CharacterDevice;
    case DT_DIR:
      return FileType::Directory;
    case DT_REG:
      return FileType::RegularFile;
    case DT_SOCK:
      return FileType::SocketStream;
    case DT_LNK:
      return FileType::SymbolicLink;
    default:
      return FileType::Unknown;
  }
}

}  // namespace linden::microvisor::wasi
