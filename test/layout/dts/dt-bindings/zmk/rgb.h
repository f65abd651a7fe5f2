/* Underglow: a command and what it takes. */

#define RGB_TOG 0 0
#define RGB_ON 1 0
#define RGB_OFF 2 0
#define RGB_HUI 3 0
#define RGB_HUD 4 0
#define RGB_SAI 5 0
#define RGB_SAD 6 0
#define RGB_BRI 7 0
#define RGB_BRD 8 0
#define RGB_SPI 9 0
#define RGB_SPD 10 0
#define RGB_EFF 11 0
#define RGB_EFR 12 0
#define RGB_EFS 13
#define RGB_COLOR_HSB(h, s, v) 14 (((h) << 16) + ((s) << 8) + (v))
#define RGB_STATUS 15 0
