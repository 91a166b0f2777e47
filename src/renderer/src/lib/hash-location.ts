/** The current page, in the part of the address after `#`: a path and a query, as in `#/new?model=bundled:tiny`. */
import { useSyncExternalStore } from 'react'
import type { BaseLocationHook } from 'wouter'
import { splitHash } from './split-hash'

interface NavigateOptions {
  readonly replace?: boolean
  readonly state?: unknown
}

const listeners = new Set<() => void>()

/**
 * One event listener notifies all subscribers, so that React renders once: with several, it would render a page with the old address in between.
 */
function announce(): void {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    window.addEventListener('hashchange', announce)
    window.addEventListener('popstate', announce)
  }
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    window.removeEventListener('hashchange', announce)
    window.removeEventListener('popstate', announce)
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

/** For the router. wouter's own hook keeps the query outside the hash, where it would stay for every page opened later. */
export const useHashLocation: BaseLocationHook = () => [usePart(0), navigate]
useHashLocation.searchHook = () => usePart(1)
useHashLocation.hrefs = (href) => `#${href}`
