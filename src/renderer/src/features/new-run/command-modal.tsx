/** The plan for a terminal: as a file with its command, or as flags. */
import { Button, CopyButton, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core'
import { fileCommand, flagCommand } from '@shared/plan/command'
import { chosenLeaves, planInput } from '@shared/plan/draft'
import { useState } from 'react'
import { downloadPlan } from './download-plan'
import { usePlanForm } from './form'
import classes from './new-run.module.css'

const FILE = 'plan.json'

function Copied({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button variant="default" onClick={copy}>
          {copied ? 'Copied' : label}
        </Button>
      )}
    </CopyButton>
  )
}

interface CommandModalProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

export function CommandModal({ isOpen, onClose }: CommandModalProps) {
  const { draft, plan } = usePlanForm()
  const [way, setWay] = useState('file')
  const file = JSON.stringify(planInput(draft), null, 2)
  const settings = chosenLeaves(draft).map(({ id, path }) => ({ path, value: draft[id] ?? null }))
  const flags = flagCommand(settings)
  return (
    <Modal opened={isOpen} onClose={onClose} title="The same run in a terminal" size="lg">
      <Stack gap="sm">
        <SegmentedControl
          aria-label="Form of the plan"
          data={[
            { value: 'file', label: 'A plan file' },
            { value: 'flags', label: 'Flags only' },
          ]}
          value={way}
          onChange={setWay}
        />
        {way === 'file' ? (
          <>
            <Text size="sm">Save this as {FILE}; settings that are not in it have their defaults.</Text>
            <Scrolling text={file} />
            <Group gap="sm">
              <Copied label="Copy the plan" text={file} />
              <Button variant="default" disabled={plan === null} onClick={() => plan && downloadPlan(plan)}>
                Download with every setting
              </Button>
            </Group>
            <Text size="sm">Then, in the program’s folder:</Text>
            <Scrolling text={fileCommand(FILE)} />
            <Group>
              <Copied label="Copy the command" text={fileCommand(FILE)} />
            </Group>
          </>
        ) : (
          <>
            <Text size="sm">In the program’s folder, in a POSIX shell:</Text>
            <Scrolling text={flags} />
            <Group>
              <Copied label="Copy the command" text={flags} />
            </Group>
          </>
        )}
        {plan === null && (
          <Text size="xs" c="var(--hurt)">
            The plan is not complete yet: the command will say what is missing.
          </Text>
        )}
      </Stack>
    </Modal>
  )
}

const Scrolling = ({ text }: { readonly text: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
  <pre className={classes.pre} tabIndex={0}>
    {text}
  </pre>
)
