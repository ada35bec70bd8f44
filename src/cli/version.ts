/** Of this package; a test holds it equal to package.json, so that start-up reads no file for it. */
export const version = "0.1.0";
