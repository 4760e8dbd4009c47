package ispcrm.tokens;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The secret itself: {@code ispcrm_}, 43 characters with 256 random bits in base62, and 6
 * characters with the CRC-32 of everything before them. The checksum reveals a mistyped token
 * without a read, and helps secret scanners to find a leaked one. The secret is never stored; its
 * SHA-256 is.
 */
public final class BearerToken {
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final String PREFIX = "ispcrm_";
  private static final int SECRET_LENGTH = 43;
  private static final int CHECKSUM_LENGTH = 6;
  private static final Pattern PATTERN =
      Pattern.compile(PREFIX + "[0-9A-Za-z]{" + (SECRET_LENGTH + CHECKSUM_LENGTH) + "}");

  private final String text;

  private BearerToken(String text) {
    this.text = text;
  }

  /** Generates a token. Its random bits are never part of a snapshot. */
  public static BearerToken generate() {
    byte[] bits = new byte[32];
    new SecureRandom().nextBytes(bits);
    String head = PREFIX + base62(new BigInteger(1, bits), SECRET_LENGTH);
    return new BearerToken(head + checksum(head));
  }

  /** Reads a token that a client sent; empty if its format or checksum is wrong. */
  public static Optional<BearerToken> parse(String text) {
    if (!PATTERN.matcher(text).matches()) {
      return Optional.empty();
    }
    int end = text.length() - CHECKSUM_LENGTH;
    return checksum(text.substring(0, end)).equals(text.substring(end))
        ? Optional.of(new BearerToken(text))
        : Optional.empty();
  }

  /** The secret in clear text, only for the response that shows it once. */
  public String secret() {
    return text;
  }

  /** The key of the stored token: the SHA-256 of the secret in hexadecimal. */
  public String sha256() {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BearerToken token && token.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Reveals nothing of the secret, so that a log may contain it. */
  @Override
  public String toString() {
    return PREFIX + "…";
  }

  private static String checksum(String head) {
    CRC32 crc = new CRC32();
    crc.update(head.getBytes(StandardCharsets.US_ASCII));
    return base62(BigInteger.valueOf(crc.getValue()), CHECKSUM_LENGTH);
  }

  private static String base62(BigInteger number, int length) {
    BigInteger base = BigInteger.valueOf(DIGITS.length());
    char[] digits = new char[length];
    BigInteger rest = number;
    for (int i = length - 1; i >= 0; i--) {
      BigInteger[] division = rest.divideAndRemainder(base);
      digits[i] = DIGITS.charAt(division[1].intValue());
      rest = division[0];
    }
    return new String(digits);
  }
}
