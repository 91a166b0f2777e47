import { ActionIcon, Box, Group, Text, Tooltip } from '@mantine/core'
import { MathText } from '@renderer/components/math-text'
import { VerdictMark } from '@renderer/components/status'
import { firstDifference } from '@renderer/lib/text-difference'
import type { VerdictStatus } from '@shared/schemas/verifier'
import { IconThumbDown, IconThumbUp } from '@tabler/icons-react'
import { type TreeNode, treeOf } from './difference'
import classes from './explorer.module.css'

/** A continuation of any origin. */
export interface Shown {
  readonly key: string
  readonly state: number
  readonly text: string
  readonly tokens: number
  readonly reward: number
  readonly status: VerdictStatus
  readonly unfinished?: true
  /** Only for one sampled by hand. */
  readonly checkpoint?: number | null
  readonly temperature?: number
}

/** Keys of the two continuations of a pair. */
export interface Choice {
  readonly chosen: string | null
  readonly rejected: string | null
}

interface RowProps {
  readonly continuation: Shown
  /** The trajectory's own text from this state on. */
  readonly against: string
  readonly isRaw: boolean
  readonly choice: Choice
  readonly onChoice: (choice: Choice) => void
}

/** One continuation: the text it shares with the trajectory is grey, and the place where they differ is marked. */
export function ContinuationRow({ continuation, against, isRaw, choice, onChoice }: RowProps) {
  const { key, text, status, tokens, unfinished, checkpoint, temperature } = continuation
  const at = firstDifference(text, against)
  const isChosen = choice.chosen === key
  const isRejected = choice.rejected === key
  const other = (one: string | null) => (one === key ? null : one)
  return (
    <Box
      className={classes['continuation']}
      data-chosen={isChosen || undefined}
      data-rejected={isRejected || undefined}
    >
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Group gap={6} wrap="nowrap">
          <VerdictMark status={status} />
          <Text size="xs" className="quiet">
            {tokens} tokens
            {temperature !== undefined &&
              ` · ${checkpoint === null ? 'base model' : `checkpoint ${checkpoint}`} · T ${temperature}`}
          </Text>
        </Group>
        <Group gap={0} wrap="nowrap" display={unfinished ? 'none' : undefined}>
          <Tooltip label="The better one of a pair">
            <ActionIcon
              size="sm"
              color={isChosen ? 'accent' : 'gray'}
              variant={isChosen ? 'light' : 'subtle'}
              aria-label="Choose as the better one of a pair"
              aria-pressed={isChosen}
              onClick={() => onChoice({ chosen: isChosen ? null : key, rejected: other(choice.rejected) })}
            >
              <IconThumbUp size={14} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="The worse one of a pair">
            <ActionIcon
              size="sm"
              color={isRejected ? 'orange' : 'gray'}
              variant={isRejected ? 'light' : 'subtle'}
              aria-label="Choose as the worse one of a pair"
              aria-pressed={isRejected}
              onClick={() => onChoice({ rejected: isRejected ? null : key, chosen: other(choice.chosen) })}
            >
              <IconThumbDown size={14} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <Text component="div" className="model-text" size="xs">
        {at > 0 && (
          <span className="quiet">
            <MathText text={text.slice(0, at)} isRaw={isRaw} />
          </span>
        )}
        <span className={at < text.length && at < against.length ? classes['differs'] : undefined}>
          <MathText text={text.slice(at).replace(/\n+$/, '')} isRaw={isRaw} />
        </span>
        {unfinished && (
          <span className="quiet">
            {tokens === 0
              ? 'Not sampled: what is written up to this state is already wrong.'
              : ' … ended here: already wrong.'}
          </span>
        )}
        {!unfinished && at === text.length && <span className="quiet"> (the same as the trajectory)</span>}
      </Text>
    </Box>
  )
}

/** Continuations as a tree, so that each shared beginning is shown once. */
export function ContinuationTree({ list, isRaw }: { readonly list: readonly Shown[]; readonly isRaw: boolean }) {
  const begun = list.filter(({ tokens }) => tokens > 0)
  const nodes = treeOf(begun.map((item) => ({ text: item.text, item })))
  return (
    <Box px={10} py={4}>
      {begun.length < list.length && (
        <Text size="xs" className="quiet">
          {list.length - begun.length} not sampled: what is written up to this state is already wrong.
        </Text>
      )}
      {nodes.map((node) => (
        <Branch key={node.text} node={node} total={list.length} isRaw={isRaw} />
      ))}
    </Box>
  )
}

interface BranchProps {
  readonly node: TreeNode<Shown>
  readonly total: number
  readonly isRaw: boolean
}

function Branch({ node, total, isRaw }: BranchProps) {
  return (
    <Box style={{ borderLeft: '1.5px solid var(--line)' }} pl={8} my={3}>
      <Group gap={6} wrap="nowrap" align="flex-start">
        <Text size="xs" className="quiet numeric" w={30}>
          {node.count}/{total}
        </Text>
        <Box style={{ flex: 1, minWidth: 0 }}>
          <Text component="div" className="model-text" size="xs">
            <MathText text={node.text.replace(/\n+$/, '')} isRaw={isRaw} />
          </Text>
          <Group gap={2}>
            {node.leaves.map(({ key, status }) => (
              <VerdictMark key={key} status={status} isIconOnly />
            ))}
          </Group>
        </Box>
      </Group>
      {node.children.map((child) => (
        <Branch key={child.text} node={child} total={total} isRaw={isRaw} />
      ))}
    </Box>
  )
}
