/** How a page of `gpo serve` gets its session's name, and shows it. */

/** The part of the address behind the link's one use: browsers send it to nobody. The page takes it away at once. */
export const SESSION_FRAGMENT = '#session='

/**
 * The subprotocol of the WebSocket. The page names its session as a second one, because a cookie would also be sent to every other server on
 * this machine: cookies know no ports.
 */
export const SOCKET_PROTOCOL = 'gpo-studio'
