/** The product's version; the tidy check compares it with package.json. */
export const version = '0.1.0';
