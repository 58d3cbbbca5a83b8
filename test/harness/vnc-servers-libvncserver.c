/*
 * A desktop made with libvncserver, in the manner of its example program: a coloured ground, a white mark where the
 * pointer presses, a white letter's bar per key, another size at Up, and a clipboard that says back what it was told.
 * What arrives is printed, a line each. Arguments: those of libvncserver itself.
 */
#include <stdio.h>
#include <rfb/rfb.h>
#include <rfb/keysym.h>

enum { pixel_bytes = 4, mark_side = 10 };

static void paint(rfbScreenInfoPtr screen) {
  unsigned char *pixel = (unsigned char *)screen->frameBuffer;
  for (int y = 0; y < screen->height; y++) {
    for (int x = 0; x < screen->width; x++, pixel += pixel_bytes) {
      pixel[0] = (unsigned char)(x * 255 / screen->width);
      pixel[1] = (unsigned char)(y * 255 / screen->height);
      pixel[2] = (unsigned char)((x / 8 + y / 8) % 2 * 200);
      pixel[3] = 0;
    }
  }
}

static void mark(rfbScreenInfoPtr screen, int x, int y) {
  if (x + mark_side > screen->width || y + mark_side > screen->height) return;
  rfbFillRect(screen, x, y, x + mark_side, y + mark_side, 0xffffff);
}

static void take_key(rfbBool down, rfbKeySym key, rfbClientPtr client) {
  rfbScreenInfoPtr screen = client->screen;
  static int column = 0;
  printf("key 0x%x %s\n", (unsigned)key, down ? "down" : "up");
  if (!down) return;
  if (key == XK_Up) {
    char *old = screen->frameBuffer;
    int width = 800, height = 600;
    rfbNewFramebuffer(screen, malloc((size_t)width * height * pixel_bytes), width, height, 8, 3, pixel_bytes);
    free(old);
    paint(screen);
    rfbMarkRectAsModified(screen, 0, 0, width, height);
  } else mark(screen, 2 * mark_side * column++, 0);
}

static void take_pointer(int buttons, int x, int y, rfbClientPtr client) {
  printf("pointer %d,%d buttons %d\n", x, y, buttons);
  if (buttons != 0) mark(client->screen, x, y);
  rfbDefaultPtrAddEvent(buttons, x, y, client);
}

/* Says a text back, in both forms of the clipboard. */
static void echo(rfbScreenInfoPtr screen, const char *text, int length) {
  char answer[1024];
  int bytes = snprintf(answer, sizeof answer, "echo of %.*s", length, text);
  if (bytes < (int)sizeof answer) rfbSendServerCutTextUTF8(screen, answer, bytes, answer, bytes);
}

/* The plain clipboard message, Latin-1. */
static void take_text(char *text, int length, rfbClientPtr client) {
  printf("plain text: %.*s\n", length, text);
  echo(client->screen, text, length);
}

/* The extended clipboard, UTF-8. */
static void take_utf8(char *text, int length, rfbClientPtr client) {
  printf("extended text: %.*s\n", length, text);
  echo(client->screen, text, length);
}

int main(int argc, char **argv) {
  rfbScreenInfoPtr screen = rfbGetScreen(&argc, argv, 640, 480, 8, 3, pixel_bytes);
  if (screen == NULL) return 1;
  setvbuf(stdout, NULL, _IOLBF, 0);
  screen->desktopName = "libvncserver";
  screen->frameBuffer = malloc((size_t)screen->width * screen->height * pixel_bytes);
  screen->alwaysShared = TRUE;
  screen->autoPort = TRUE;
  screen->kbdAddEvent = take_key;
  screen->ptrAddEvent = take_pointer;
  screen->setXCutText = take_text;
  screen->setXCutTextUTF8 = take_utf8;
  paint(screen);
  rfbInitServer(screen);
  printf("listens on port %d\n", screen->port);
  rfbRunEventLoop(screen, 10000, FALSE);
  return 0;
}
