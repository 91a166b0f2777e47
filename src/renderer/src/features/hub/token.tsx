import { Button, Group, PasswordInput, Popover, Stack, Text } from '@mantine/core'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import type { HubPlace } from '@shared/contract/hub'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

/** The token for gated repositories, kept in the system's keychain. */
export function Token({ place }: { readonly place: HubPlace }) {
  const [token, setToken] = useState('')
  const cache = useCache()
  const keep = useMutation({
    mutationFn: (token: string) => api.hub.keepToken({ token }),
    onSuccess: () => {
      setToken('')
      void cache.hubTokenChanged()
    },
  })
  return (
    <Popover width={360} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="default">{place.hasToken ? 'Token: kept' : 'Token'}</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Text size="sm">
            For gated and private repositories. It is sent to the hub only, when you search or download.
          </Text>
          {place.canKeepToken ? (
            <>
              <PasswordInput
                label="Access token"
                size="xs"
                value={token}
                onChange={(event) => setToken(event.currentTarget.value)}
                error={keep.error ? messageOf(keep.error) : null}
              />
              <Group gap="sm">
                <Button disabled={token.trim() === ''} loading={keep.isPending} onClick={() => keep.mutate(token)}>
                  Keep in the keychain
                </Button>
                {place.hasToken && (
                  <Button variant="default" onClick={() => keep.mutate('')}>
                    Forget it
                  </Button>
                )}
              </Group>
            </>
          ) : (
            <Text size="sm" className="quiet">
              There is no keychain here: start the program with HF_TOKEN set to the token.
            </Text>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
