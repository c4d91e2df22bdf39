/* Takes a file system's device away: shutdown FOLDER FLAG; flag 2: what is not written is lost. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FS_IOC_SHUTDOWN _IOR('X', 125, uint32_t)

int main(int count, char **words) {
  if (count != 3) {
    fprintf(stderr, "usage: shutdown FOLDER FLAG\n");
    return 2;
  }
  struct stat here, above;
  char parent[4096];
  snprintf(parent, sizeof parent, "%s/..", words[1]);
  if (stat(words[1], &here) != 0 || stat(parent, &above) != 0 || here.st_dev == above.st_dev) {
    fprintf(stderr, "%s is no file system of its own: nothing was done\n", words[1]);
    return 1;
  }
  uint32_t flag = (uint32_t)strtoul(words[2], NULL, 10);
  int fd = open(words[1], O_RDONLY | O_DIRECTORY);
  if (fd < 0 || ioctl(fd, FS_IOC_SHUTDOWN, &flag) != 0) {
    perror(words[1]);
    return 1;
  }
  return close(fd);
}
