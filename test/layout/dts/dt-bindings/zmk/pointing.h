/* Buttons, movements and scrolling. */

#define MB1 0x1
#define MB2 0x2
#define MB3 0x4
#define MB4 0x8
#define MB5 0x10
#define LCLK MB1
#define RCLK MB2
#define MCLK MB3
#define MOVE_Y(y) ((y) & 0xffff)
#define MOVE_X(x) (((x) & 0xffff) << 16)
#define MOVE(x, y) (MOVE_X(x) + MOVE_Y(y))
#define MOVE_UP MOVE_Y(-600)
#define MOVE_DOWN MOVE_Y(600)
#define MOVE_LEFT MOVE_X(-600)
#define MOVE_RIGHT MOVE_X(600)
#define SCRL_UP MOVE_Y(10)
#define SCRL_DOWN MOVE_Y(-10)
#define SCRL_LEFT MOVE_X(-10)
#define SCRL_RIGHT MOVE_X(10)
