namespace Microsoft.IdentityModel.Tokens;

public class SecurityTokenException(string message) : Exception(message);

public class SecurityTokenInvalidSignatureException(string message) : SecurityTokenException(message);

public class SecurityTokenInvalidIssuerException(string message) : SecurityTokenException(message);

public class SecurityTokenInvalidAudienceException(string message) : SecurityTokenException(message);

public class SecurityTokenNoExpirationException(string message) : SecurityTokenException(message);

public class SecurityTokenExpiredException(string message) : SecurityTokenException(message);

public class SecurityTokenNotYetValidException(string message) : SecurityTokenException(message);
