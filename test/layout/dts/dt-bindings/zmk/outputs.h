/* Where keys are sent. */

#define OUT_TOG 0
#define OUT_USB 1
#define OUT_BLE 2
#define OUT_NONE 3
