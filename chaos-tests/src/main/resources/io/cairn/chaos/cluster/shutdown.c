/* Takes a file system's device away: shutdown FOLDER FLAG; flag 2: what is not written is lost. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FS_IOC_SHUTDOWN _IOR('X', 125, uint32_t)

int main(int count, char **words) {
  if (count != 3) {
    fprintf(stderr, "usage: shutdown FOLDER FLAG\n");
    return 2;
  }
  uint32_t flag = (uint32_t)strtoul(words[2], NULL, 10);
  int fd = open(words[1], O_RDONLY | O_DIRECTORY);
  if (fd < 0 || ioctl(fd, FS_IOC_SHUTDOWN, &flag) != 0) {
    perror(words[1]);
    return 1;
  }
  return close(fd);
}
