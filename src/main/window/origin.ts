/** Where the window's pages come from: a name that no resolver knows (RFC 6761). */
export const ORIGIN = 'https://gpo-studio.invalid'

/** True for an address of our pages; one that only begins like them, or is none, is another's. */
export const isOwnAddress = (address: string): boolean => URL.canParse(address) && new URL(address).origin === ORIGIN
