/* Power for what is attached. */

#define EP_OFF 0
#define EP_ON 1
#define EP_TOG 2
