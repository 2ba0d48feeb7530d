// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird

/// What is known of a request beside itself: from where it comes.
struct CollectorContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let remote: RemoteAddress

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    remote = RemoteAddress(source.channel.remoteAddress)
  }
}
