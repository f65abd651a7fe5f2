/** warming */
export {};
