/** layout */
export {};
