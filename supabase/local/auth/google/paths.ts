/** Where the make-believe Google lives on the stand-in's own address. */
export const GOOGLE_PATH = '/make-believe-google/';
export const CONSENT_PATH = `${GOOGLE_PATH}o/oauth2/v2/auth`;
export const PICTURE_PATH = `${GOOGLE_PATH}picture/`;
