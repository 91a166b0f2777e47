/** Where the window is, in the part of the address after `#`: a path and what is asked of it, as in `#/new?model=bundled:tiny`. */
import { useSyncExternalStore } from 'react'
import type { BaseLocationHook } from 'wouter'
import { splitHash } from './split-hash'

interface NavigateOptions {
  readonly replace?: boolean
  readonly state?: unknown
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  window.addEventListener('popstate', listener)
  return () => {
    window.removeEventListener('hashchange', listener)
    window.removeEventListener('popstate', listener)
  }
}

function navigate(to: string, { replace = false, state = null }: NavigateOptions = {}): void {
  const url = `#/${to.replace(/^#?\/?/, '')}`
  if (replace) window.history.replaceState(state, '', url)
  else window.history.pushState(state, '', url)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}

const usePart = (part: 0 | 1): string =>
  useSyncExternalStore(
    subscribe,
    () => splitHash(window.location.hash)[part],
    () => (part === 0 ? '/' : ''),
  )

/** For the router. wouter's own keeps what is asked outside the hash, where it would stay for every page that is opened next. */
export const useHashLocation: BaseLocationHook = () => [usePart(0), navigate]
useHashLocation.searchHook = () => usePart(1)
useHashLocation.hrefs = (href) => `#${href}`
