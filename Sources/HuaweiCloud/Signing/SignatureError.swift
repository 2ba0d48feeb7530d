// SPDX-License-Identifier: Apache-2.0

public import Facts

/// Why a signature cannot be made or is not accepted.
///
/// Nothing secret is in it.
public enum SignatureError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The `Authorization` header is not in the form of a signature; the words say where.
  case authorizationMalformed(String)
  /// The signature is made in another way than `SDK-HMAC-SHA256`; the name that the client gave.
  case algorithmUnsupported(String)
  /// The request has an `X-Security-Token`: its key is a temporary one, which only the cloud knows.
  case temporaryKey
  /// The request cannot be brought into its canonical form in one way; the words say why.
  case requestAmbiguous(String)
  /// A header that a signature needs, or that is said to be signed, is not there.
  case headerMissing(String)
  /// A header occurs more than once.
  case headerRepeated(String)
  /// A header that could be changed by anybody if it is not signed is not signed.
  case headerNotSigned(String)
  /// `X-Sdk-Date` is no time in the form `yyyyMMddTHHmmssZ`.
  case dateMalformed(String)
  /// The request was signed more than 15 minutes before or after now.
  case clockSkew(signed: UTCTime, now: UTCTime)
  /// `X-Sdk-Content-Sha256` is not the hash of the body that arrived.
  case bodyHashDiffers
  /// The body is not signed, which only content that is not JSON may be.
  case bodyNotSigned
  /// The access key is unknown, or the signature is not the one that its secret gives. Which of them is not told.
  case notVerified

  /// A stable word for the error.
  public var code: String {
    switch self {
    case .authorizationMalformed: "authorization_malformed"
    case .algorithmUnsupported: "algorithm_unsupported"
    case .temporaryKey: "temporary_key"
    case .requestAmbiguous: "request_ambiguous"
    case .headerMissing: "header_missing"
    case .headerRepeated: "header_repeated"
    case .headerNotSigned: "header_not_signed"
    case .dateMalformed: "date_malformed"
    case .clockSkew: "clock_skew"
    case .bodyHashDiffers: "body_hash_differs"
    case .bodyNotSigned: "body_not_signed"
    case .notVerified: "not_verified"
    }
  }

  /// The error in words.
  public var description: String {
    switch self {
    case .authorizationMalformed(let words):
      "the Authorization header is not \"\(SignedAuthorization.algorithm) Access=..., SignedHeaders=..., "
        + "Signature=...\": \(words)"
    case .algorithmUnsupported(let name):
      "the signature algorithm \(ShownValue.of(name)) is not supported; sign with \(SignedAuthorization.algorithm)"
    case .temporaryKey:
      "the request is signed with a temporary key (X-Security-Token), which cannot be verified here; use a permanent "
        + "key or a token"
    case .requestAmbiguous(let words): "the signature cannot be verified, since \(words)"
    case .headerMissing(let name): "the header \(ShownValue.of(name)) is signed or must be, and is missing"
    case .headerRepeated(let name): "the header \(ShownValue.of(name)) occurs more than once"
    case .headerNotSigned(let name): "the header \(ShownValue.of(name)) is not among the signed headers"
    case .dateMalformed(let text): "X-Sdk-Date must be a time as 20240102T030405Z, found \(ShownValue.of(text))"
    case .clockSkew(let signed, let now):
      "the request was signed at \(signed.text) and it is \(now.text) here, more than 15 minutes apart; correct the "
        + "client's clock and sign again"
    case .bodyHashDiffers: "X-Sdk-Content-Sha256 is not the SHA-256 of the body"
    case .bodyNotSigned:
      "the body is not signed (X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD), which only a Content-Type other than JSON allows"
    case .notVerified: "the access key is not known or the signature does not match"
    }
  }

  /// The error in Chinese words.
  ///
  /// What a malformed header or an ambiguous request is told in detail stays in English: it quotes the algorithm's own
  /// description.
  public var chinese: String {
    switch self {
    case .authorizationMalformed(let words):
      "Authorization 请求头不是 \"\(SignedAuthorization.algorithm) Access=..., SignedHeaders=..., Signature=...\" 的形式："
        + words
    case .algorithmUnsupported(let name):
      "不支持签名算法 \(ShownValue.of(name))；请用 \(SignedAuthorization.algorithm) 签名"
    case .temporaryKey: "请求由临时密钥签名（X-Security-Token），此处无法验证；请使用永久密钥或令牌"
    case .requestAmbiguous(let words): "无法验证签名：\(words)"
    case .headerMissing(let name): "请求头 \(ShownValue.of(name)) 已签名或必须签名，但不存在"
    case .headerRepeated(let name): "请求头 \(ShownValue.of(name)) 出现多次"
    case .headerNotSigned(let name): "请求头 \(ShownValue.of(name)) 不在已签名的请求头之中"
    case .dateMalformed(let text): "X-Sdk-Date 必须是形如 20240102T030405Z 的时间，实际为 \(ShownValue.of(text))"
    case .clockSkew(let signed, let now):
      "请求的签名时间为 \(signed.text)，而此处时间为 \(now.text)，相差超过 15 分钟；请校正客户端时钟后重新签名"
    case .bodyHashDiffers: "X-Sdk-Content-Sha256 不是消息体的 SHA-256"
    case .bodyNotSigned: "消息体未签名（X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD），只有 Content-Type 不是 JSON 时才允许"
    case .notVerified: "访问密钥未知，或签名不匹配"
    }
  }
}
