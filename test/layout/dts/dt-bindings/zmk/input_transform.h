/* What is done to movements. */

#define INPUT_TRANSFORM_XY_SWAP 1
#define INPUT_TRANSFORM_X_INVERT 2
#define INPUT_TRANSFORM_Y_INVERT 4
