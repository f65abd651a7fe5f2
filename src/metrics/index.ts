/** metrics */
export {};
