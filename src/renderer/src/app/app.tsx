import { MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import { useHashLocation } from '@renderer/lib/hash-location'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Router } from 'wouter'
import { Routes } from './routes'
import { Shell } from './shell'
import { theme } from './theme'

// Everything comes from this machine: a query is fresh until the program says that something changed.
const client = new QueryClient({
  defaultOptions: {
    queries: { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false, retry: false, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
})

export function App() {
  return (
    <QueryClientProvider client={client}>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <ModalsProvider>
          {/* Where no page has its buttons. */}
          <Notifications position="bottom-left" />
          <Router hook={useHashLocation}>
            <Shell>
              <Routes />
            </Shell>
          </Router>
        </ModalsProvider>
      </MantineProvider>
    </QueryClientProvider>
  )
}
