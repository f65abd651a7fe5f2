/* Backlight: a command and its brightness. */

#define BL_ON 0 0
#define BL_OFF 1 0
#define BL_TOG 2 0
#define BL_INC 3 0
#define BL_DEC 4 0
#define BL_CYCLE 5 0
#define BL_SET 6
