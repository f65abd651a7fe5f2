/* Bluetooth: a command and its profile. */

#define BT_CLR 0 0
#define BT_NXT 1 0
#define BT_PRV 2 0
#define BT_SEL 3
#define BT_CLR_ALL 4 0
#define BT_DISC 5
