import { ActionIcon, CopyButton, Group, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import classes from './export.module.css'

interface CodeBlockProps {
  readonly label: string
  readonly code: string
}

/** A command or code to copy, under a title that says what it does. */
export function CodeBlock({ label, code }: CodeBlockProps) {
  return (
    <div>
      <Group justify="space-between" gap="sm" mb={2}>
        <Text size="sm">{label}</Text>
        <CopyButton value={code}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? 'Copied' : 'Copy'}>
              <ActionIcon size="sm" onClick={copy} aria-label={`Copy: ${label}`}>
                {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <pre className={`${classes.code} mono`} tabIndex={0}>
        {code}
      </pre>
    </div>
  )
}
