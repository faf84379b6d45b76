// The types of WASI preview 1 (wasi_snapshot_preview1), as they lie in guest memory. Padding is
// spelled out, so that no host stack bytes reach the guest through it.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>

namespace linden::microvisor::wasi {

enum class Errno : uint32_t {
  Success,
  TooBig,
  Access,
  AddressInUse,
  AddressNotAvailable,
  AddressFamilyNotSupported,
  Again,
  Already,
  BadFd,
  BadMessage,
  Busy,
  Canceled,
  Child,
  ConnectionAborted,
  ConnectionRefused,
  ConnectionReset,
  Deadlock,
  DestinationAddressRequired,
  Domain,
  Quota,
  Exist,
  Fault,
  FileTooBig,
  HostUnreachable,
  IdentifierRemoved,
  IllegalSequence,
  InProgress,
  Interrupted,
  Invalid,
  Io,
  IsConnected,
  IsDirectory,
  Loop,
  TooManyFiles,
  TooManyLinks,
  MessageSize,
  MultiHop,
  NameTooLong,
  NetworkDown,
  NetworkReset,
  NetworkUnreachable,
  TooManyFilesInSystem,
  NoBuffers,
  NoDevice,
  NoEntry,
  NoExec,
  NoLocks,
  NoLink,
  NoMemory,
  NoMessage,
  NoProtocolOption,
  NoSpace,
  NoSystemCall,
  NotConnected,
  NotDirectory,
  NotEmpty,
  NotRecoverable,
  NotSocket,
  NotSupported,
  NotTerminal,
  NoDeviceOrAddress,
  Overflow,
  OwnerDead,
  NotPermitted,
  Pipe,
  Protocol,
  ProtocolNotSupported,
  PrototypeWrong,
  Range,
  ReadOnly,
  IllegalSeek,
  NoProcess,
  Stale,
  TimedOut,
  TextBusy,
  CrossDevice,
  NotCapable,
};
static_assert(static_cast<uint32_t>(Errno::NotCapable) == 76);

// The code for a host errno or kErrnoNotCapable.
Errno to_errno(int code);

enum class FileType : uint8_t {
  Unknown,
  BlockDevice,
  CharacterDevice,
  Directory,
  RegularFile,
  SocketDatagram,
  SocketStream,
  SymbolicLink,
};

FileType to_file_type(const struct stat& status);
FileType to_file_type(uint8_t directory_entry_type);

namespace right {
enum : uint64_t {
  kFdDatasync = 1ull << 0,
  kFdRead = 1ull << 1,
  kFdSeek = 1ull << 2,
  kFdFdstatSetFlags = 1ull << 3,
  kFdSync = 1ull << 4,
  kFdTell = 1ull << 5,
  kFdWrite = 1ull << 6,
  kFdAdvise = 1ull << 7,
  kFdAllocate = 1ull << 8,
  kPathCreateDirectory = 1ull << 9,
  kPathCreateFile = 1ull << 10,
  kPathLinkSource = 1ull << 11,
  kPathLinkTarget = 1ull << 12,
  kPathOpen = 1ull << 13,
  kFdReaddir = 1ull << 14,
  kPathReadlink = 1ull << 15,
  kPathRenameSource = 1ull << 16,
  kPathRenameTarget = 1ull << 17,
  kPathFilestatGet = 1ull << 18,
  kPathFilestatSetSize = 1ull << 19,
  kPathFilestatSetTimes = 1ull << 20,
  kFdFilestatGet = 1ull << 21,
  kFdFilestatSetSize = 1ull << 22,
  kFdFilestatSetTimes = 1ull << 23,
  kPathSymlink = 1ull << 24,
  kPathRemoveDirectory = 1ull << 25,
  kPathUnlinkFile = 1ull << 26,
  kPollFdReadwrite = 1ull << 27,
  kSockShutdown = 1ull << 28,
  kSockAccept = 1ull << 29,
};
inline constexpr uint64_t kAll = (1ull << 30) - 1;
inline constexpr uint64_t kSocketOnly = kSockShutdown | kSockAccept;
inline constexpr uint64_t kDirectoryOnly =
    kPathCreateDirectory | kPathCreateFile | kPathLinkSource | kPathLinkTarget | kPathOpen |
    kFdReaddir | kPathReadlink | kPathRenameSource | kPathRenameTarget | kPathFilestatGet |
    kPathFilestatSetSize | kPathFilestatSetTimes | kPathSymlink | kPathRemoveDirectory |
    kPathUnlinkFile;
// Reading and writing stay: Linux has better errors for them (EISDIR, EBADF) than NotCapable.
inline constexpr uint64_t kDirectory =
    kAll & ~(kFdSeek | kFdTell | kFdAllocate | kFdFilestatSetSize | kSocketOnly);
inline constexpr uint64_t kFile = kAll & ~(kDirectoryOnly | kSocketOnly);
inline constexpr uint64_t kStream = kFile & ~(kFdSeek | kFdTell);
inline constexpr uint64_t kSocket = kStream | kSocketOnly;
}  // namespace right

namespace open_flag {
enum : uint32_t { kCreate = 1, kDirectory = 2, kExclusive = 4, kTruncate = 8, kAll = 15 };
}
namespace fd_flag {
enum : uint32_t { kAppend = 1, kDsync = 2, kNonblock = 4, kRsync = 8, kSync = 16, kAll = 31 };
}
namespace time_flag {
enum : uint32_t { kAccess = 1, kAccessNow = 2, kModification = 4, kModificationNow = 8, kAll = 15 };
}
namespace lookup_flag {
enum : uint32_t { kSymlinkFollow = 1, kAll = 1 };
}

struct Fdstat {
  FileType file_type;
  uint8_t padding0;
  uint16_t flags;
  uint32_t padding1;
  uint64_t rights_base;
  uint64_t rights_inheriting;
};
static_assert(sizeof(Fdstat) == 24);

struct Filestat {
  uint64_t device;
  uint64_t inode;
  FileType file_type;
  uint8_t padding[7];
  uint64_t links;
  uint64_t size;
  uint64_t access_time;
  uint64_t modification_time;
  uint64_t change_time;
};
static_assert(sizeof(Filestat) == 64);

struct Prestat {
  uint32_t tag;  // 0: directory, the only kind
  uint32_t name_length;
};
static_assert(sizeof(Prestat) == 8);

struct Dirent {
  uint64_t next;
  uint64_t inode;
  uint32_t name_length;
  FileType type;
  uint8_t padding[3];
};
static_assert(sizeof(Dirent) == 24);

enum class EventType : uint8_t { Clock, FdRead, FdWrite };

struct Subscription {
  uint64_t user_data;
  EventType type;
  uint8_t padding0[7];
  uint32_t clock_or_fd;
  uint32_t padding1;
  uint64_t timeout;
  uint64_t precision;
  uint16_t flags;
  uint8_t padding2[6];
};
static_assert(sizeof(Subscription) == 48 && offsetof(Subscription, timeout) == 24 &&
              offsetof(Subscription, flags) == 40);
inline constexpr uint16_t kSubscriptionAbsoluteTime = 1;

struct Event {
  uint64_t user_data;
  uint16_t error;
  EventType type;
  uint8_t padding0[5];
  uint64_t byte_count;
  uint16_t flags;
  uint8_t padding1[6];
};
static_assert(sizeof(Event) == 32 && offsetof(Event, byte_count) == 16);
inline constexpr uint16_t kEventHangup = 1;

}  // namespace linden::microvisor::wasi
