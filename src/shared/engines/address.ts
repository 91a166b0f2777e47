/** Addresses of sampling servers. Pure. */
import { shown } from '../shown'

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** As it is used: without a slash at its end. Null for what is no address of a server. */
export function engineAddress(text: string): URL | null {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null
  const isUsable =
    url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '' && url.username === '' && url.password === ''
  return isUsable && url.search === '' && url.hash === '' ? url : null
}

/** The same as text, to compare and to store. */
export const addressText = (url: URL): string => `${url.origin}${url.pathname.replace(/\/+$/, '')}`

/** This machine, or the end of a tunnel on it. */
export const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname)

/** What is wrong with an address, as the end of a sentence; null if it can be used. */
export function addressProblem(text: string): string | null {
  if (engineAddress(text) !== null) return null
  return `${shown(text, 100)} is no address of a server: write it like http://127.0.0.1:8000, without a name, a password or anything after the path`
}
