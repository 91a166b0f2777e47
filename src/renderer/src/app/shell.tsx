import {
  AppShell,
  Box,
  Group,
  Kbd,
  NavLink,
  ScrollArea,
  Text,
  Tooltip,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core'
import { useHotkeys, useMediaQuery } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { queries } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { LiveContext, useLiveStream, useStudiesStream } from '@renderer/lib/live'
import type { LiveEvent } from '@shared/contract/runs'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useCallback, useEffect } from 'react'
import { useLocation } from 'wouter'
import { ConnectionBanner } from './connection-banner'
import { JobBar } from './job-bar'
import { PAGES } from './pages'
import { Palette, palette } from './palette'
import { ReadOnlyBanner } from './read-only-banner'
import { focusHeading, usePageFocus } from './use-page-focus'

const isCurrent = (path: string, location: string) =>
  path === '/'
    ? location === '/' || location.startsWith('/runs') || location.startsWith('/compare')
    : location.startsWith(path)

/** Where the rail has no room for words: below Mantine's `lg`, which its width follows. */
const NARROW = '(max-width: 74.99em)'

/** The rail, the top bar with the running job, and the page. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [location, go] = useLocation()
  const { settings } = useCache()
  const onEnded = useCallback(
    ({ run }: Extract<LiveEvent, { type: 'ended' }>) => {
      const failed = run.status === 'failed' || run.status === 'interrupted' || run.error !== null
      if (!failed && settings.known()?.notifications === false) return
      notifications.show({
        id: endedNote(run.id),
        color: failed ? 'orange' : 'accent',
        title: run.name,
        message: run.error ? run.error.message : `The run is ${run.status}.`,
        autoClose: failed ? false : 8000,
        onClick: () => go(`/runs/${run.id}`),
      })
    },
    [go, settings],
  )
  const live = useLiveStream(onEnded)
  useStudiesStream()
  useStaleNotes(location, live.active?.id)
  const isNarrow = useMediaQuery(NARROW)
  usePageFocus(location)
  useTheme()
  useMenuCommands(go)
  useHotkeys([
    ['mod+K', palette.open],
    ...PAGES.slice(0, 10).map(({ path }, i): [string, () => void] => [`alt+${(i + 1) % 10}`, () => go(path)]),
  ])
  return (
    <LiveContext value={live}>
      <button type="button" className="skip-link" onClick={focusHeading}>
        Skip to the page
      </button>
      <AppShell header={{ height: 44 }} navbar={{ width: { base: 52, lg: 168 }, breakpoint: 0 }} padding={0}>
        <AppShell.Header style={{ background: 'var(--surface-raised)' }}>
          <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="lg">
            <Text fw={650} size="md" style={{ whiteSpace: 'nowrap' }}>
              GPO Studio
            </Text>
            <JobBar />
            <Tooltip label="Find a page, an action, a setting or a run">
              <UnstyledButton onClick={palette.open} aria-label="Open the command palette">
                <Group gap="xs" wrap="nowrap">
                  <IconSearch size={15} />
                  <Kbd size="xs">Ctrl K</Kbd>
                </Group>
              </UnstyledButton>
            </Tooltip>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" style={{ background: 'var(--surface-raised)' }}>
          <ScrollArea>
            {PAGES.map(({ path, label, icon: PageIcon }) => (
              <Tooltip key={path} label={label} position="right" disabled={!isNarrow}>
                <NavLink
                  className="rail-link"
                  href={`#${path}`}
                  label={label}
                  leftSection={<PageIcon size={17} stroke={1.6} />}
                  active={isCurrent(path, location)}
                  aria-current={isCurrent(path, location) ? 'page' : undefined}
                  py={6}
                  style={{ borderRadius: 'var(--mantine-radius-sm)' }}
                />
              </Tooltip>
            ))}
          </ScrollArea>
        </AppShell.Navbar>
        <AppShell.Main h="100dvh" style={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}>
          <ConnectionBanner />
          <ReadOnlyBanner />
          <Box style={{ flex: 1, minHeight: 0, overflow: 'auto' }}>{children}</Box>
          <div id="floating" />
        </AppShell.Main>
      </AppShell>
      <Palette />
    </LiveContext>
  )
}

/** The notification that a run has ended. */
const endedNote = (run: string) => `ended ${run}`

/** It leaves when the run's page is open, or the run goes on. */
function useStaleNotes(location: string, active: string | undefined): void {
  const open = /^\/runs\/([^/]+)$/.exec(location)?.[1]
  useEffect(() => {
    for (const run of [open, active]) if (run !== undefined) notifications.hide(endedNote(run))
  }, [open, active])
}

/** The theme of the settings. */
function useTheme(): void {
  const { data } = useQuery(queries.system.settings.queryOptions({}))
  const { setColorScheme } = useMantineColorScheme()
  const theme = data?.theme
  useEffect(() => {
    if (theme) setColorScheme(theme)
  }, [theme, setColorScheme])
}

/** Opens the pages that the menu or a notification asks for. */
function useMenuCommands(go: (path: string) => void): void {
  useEffect(() => {
    const listen = (event: MessageEvent) => {
      if (event.source === window && event.data?.type === 'gpo:go' && typeof event.data.path === 'string')
        go(event.data.path)
    }
    window.addEventListener('message', listen)
    return () => window.removeEventListener('message', listen)
  }, [go])
}
