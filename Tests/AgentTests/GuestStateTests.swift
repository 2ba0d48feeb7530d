// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(1))) struct GuestStateTests {
  @Test func aChangeEndsTheWait() async throws {
    let state = GuestState()
    let first = try Sample.snapshot("single-disk-ext4")
    let second = try Sample.snapshot("lvm-two-disks", previous: first)
    await state.publish(first)
    async let waited = state.snapshot(otherThan: first.entityTag, seconds: 300)
    // Whether the poll waits already or comes later, it must see the second one.
    await state.publish(second)
    #expect(await waited?.revision == 2)
  }

  @Test func theWaitIsOverInTime() async throws {
    let state = GuestState()
    let first = try Sample.snapshot("single-disk-ext4")
    await state.publish(first)
    #expect(await state.snapshot(otherThan: first.entityTag, seconds: 0)?.revision == 1)
  }

  @Test func anotherTagIsAnsweredAtOnce() async throws {
    let state = GuestState()
    await state.publish(try Sample.snapshot("single-disk-ext4"))
    #expect(await state.snapshot(otherThan: "\"old\"", seconds: 300)?.revision == 1)
  }

  @Test func aFailedInspectionKeepsTheLastSnapshot() async throws {
    let state = GuestState()
    await state.publish(try Sample.snapshot("single-disk-ext4"))
    await state.note(failure: "why")
    #expect(await state.snapshot?.revision == 1)
    #expect(await state.failure == "why")
  }
}

@Suite(.timeLimit(.minutes(1))) struct ReportQueueTests {
  @Test func theNewestReplacesTheOlder() throws {
    let queue = ReportQueue()
    #expect(queue.newest == nil)
    let first = try Sample.snapshot("single-disk-ext4")
    queue.offer(first)
    queue.offer(try Sample.snapshot("lvm-two-disks", previous: first))
    #expect(queue.newest?.revision == 2)
  }

  @Test func whatIsAwaitedEndsTheWait() async throws {
    let queue = ReportQueue()
    let first = try Sample.snapshot("single-disk-ext4")
    async let waited: Void = queue.wait(seconds: 300) { $0 != nil }
    queue.offer(first)
    await waited
    await queue.wait(seconds: 0.001) { _ in false }
    #expect(queue.newest?.revision == 1)
  }

  @Test func cancellingEndsTheWait() async {
    let queue = ReportQueue()
    let task = Task { await queue.wait(seconds: 300) { _ in false } }
    task.cancel()
    await task.value
    #expect(queue.newest == nil)
  }
}
