import { Button, Code, Collapse, CopyButton, Group, Text } from '@mantine/core'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Panel } from './panel'

/** A text for support; it can be read before it is sent. */
export function Diagnostics() {
  const [isShown, setShown] = useState(false)
  const { data, error, refetch } = useQuery({
    ...queries.system.diagnostics.queryOptions({}),
    refetchOnMount: 'always',
  })
  return (
    <Panel
      title="Diagnostics"
      actions={
        <>
          <Button variant="subtle" aria-expanded={isShown} onClick={() => setShown((shown) => !shown)}>
            {isShown ? 'Hide' : 'Show'}
          </Button>
          <CopyButton value={data ?? ''}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                disabled={!data}
                leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
                onClick={copy}
              >
                {copied ? 'Copied' : 'Copy diagnostics'}
              </Button>
            )}
          </CopyButton>
        </>
      }
    >
      <Text size="sm" className="quiet">
        The system, the settings, the number of runs, the newest failures and when the program crashed. Home folder,
        user and machine names, addresses and tokens are replaced; prompts and answers are not included, nor what a
        crash leaves, which is never sent.
      </Text>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      <Collapse expanded={isShown}>
        <Group mt="sm">
          {data ? (
            <Code block w="100%" mah={320} tabIndex={0} role="region" aria-label="Text of the diagnostics">
              {data}
            </Code>
          ) : (
            <LoadingRows rows={4} />
          )}
        </Group>
      </Collapse>
    </Panel>
  )
}
